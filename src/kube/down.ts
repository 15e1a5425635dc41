import type { ContainerEngine } from '../container/engine.ts';
import { removeContainer } from '../container/remove.ts';
import { secretsOf } from '../container/secrets.ts';
import { removeVolume } from '../container/volume-use.ts';
import { SelkieError } from '../errors.ts';
import { isPodName, lookupPod, type Pod } from '../pod/pod.ts';
import { removePod } from '../pod/remove.ts';
import { stopPod } from '../pod/stop.ts';
import { NoSuchSecret } from '../secret/secret.ts';
import { NoSuchVolume } from '../volume/volume.ts';
import { podOf, readObjects } from './documents.ts';

/** What was taken down, by ID or name, and what could not be. */
export interface DownReport {
  stopped: string[];
  removed: string[];
  secrets: string[];
  volumes: string[];
  errors: { stopping: SelkieError[]; removing: SelkieError[]; volumes: SelkieError[] };
}

/** Stops and removes what a YAML file describes; what is not there counts for nothing. @param force volumes too */
export async function kubeDown(engine: ContainerEngine, content: string, force: boolean): Promise<DownReport> {
  const report: DownReport = { stopped: [], removed: [], secrets: [], volumes: [], errors: { stopping: [], removing: [], volumes: [] } };
  const { pods, secrets, volumes } = described(content);
  const existing = pods.filter((name) => isPodName(engine, name)).map((name) => lookupPod(engine, name));
  for (const pod of existing) await stopOne(engine, pod, report);
  for (const pod of existing) {
    await noting(report.errors.removing, async () => {
      await removePod(engine, pod, { force: true });
      report.removed.push(pod.id);
    });
  }
  for (const name of secrets) {
    try {
      report.secrets.push(secretsOf(engine).remove(name));
    } catch (error) {
      if (!(error instanceof NoSuchSecret)) throw error;
    }
  }
  for (const name of force ? volumes : []) {
    await noting(report.errors.volumes, async () => {
      try {
        report.volumes.push(await removeVolume(engine, name).then(() => name));
      } catch (error) {
        if (!(error instanceof NoSuchVolume)) throw error;
      }
    });
  }
  for (const { serviceContainer } of existing) {
    const container = serviceContainer === undefined ? undefined : engine.state.get(serviceContainer);
    if (container) await removeContainer(engine, container, { force: true });
  }
  return report;
}

async function stopOne(engine: ContainerEngine, pod: Pod, report: DownReport): Promise<void> {
  await noting(report.errors.stopping, async () => {
    const failures = await stopPod(engine, pod);
    report.errors.stopping.push(...failures.map(({ id, error }) => new SelkieError(`stopping container ${id}: ${error.message}`)));
    if (failures.length === 0) report.stopped.push(pod.id);
  });
}

async function noting(errors: SelkieError[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SelkieError)) throw error;
    errors.push(error);
  }
}

/** The names of what the file describes. */
function described(content: string): { pods: string[]; secrets: string[]; volumes: string[] } {
  const names = { pods: [] as string[], secrets: [] as string[], volumes: [] as string[] };
  for (const object of readObjects(content)) {
    const { kind, metadata } = object;
    if (kind === 'Secret') names.secrets.push(metadata.name ?? '');
    else if (kind === 'PersistentVolumeClaim') names.volumes.push(metadata.name ?? '');
    const pod = podOf(object);
    if (!pod) continue;
    names.pods.push(pod.name);
    if (kind !== 'Pod') continue;
    for (const { persistentVolumeClaim, configMap, secret } of pod.template.spec.volumes ?? []) {
      const name = persistentVolumeClaim?.claimName ?? configMap?.name ?? secret?.secretName;
      if (name) names.volumes.push(name);
    }
  }
  return names;
}
