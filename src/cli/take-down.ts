import type { ContainerEngine } from '../container/engine.ts';
import { kubeDown } from '../kube/down.ts';
import { throwLast } from './output/several-errors.ts';
import { writeError, writeOut } from './streams.ts';

/** Takes down what a YAML file describes and tells what went. @param force volumes too */
export async function takeDown(engine: ContainerEngine, content: string, force: boolean): Promise<void> {
  const { stopped, removed, secrets, volumes, errors } = await kubeDown(engine, content, force);
  const section = (title: string, lines: readonly string[]) => writeOut(`${[title, ...lines].join('\n')}\n`);
  const complain = (failures: readonly Error[]) => {
    for (const { message } of failures) writeError(`Error: ${message}\n`);
  };
  section('Pods stopped:', stopped);
  complain(errors.stopping);
  section('Pods removed:', removed);
  complain(errors.removing);
  section('Secrets removed:', secrets);
  section('Volumes removed:', volumes);
  throwLast(errors.volumes);
}
