import { basename } from 'node:path';
import { findInitBinary } from '../config/containers-conf.ts';
import type { Container } from '../container/container.ts';
import { createContainer } from '../container/create.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { removeContainer } from '../container/remove.ts';

/** The container that stands for all pods of a file in a unit of systemd: it runs as long as any of them does. */
export async function createServiceContainer(
  engine: ContainerEngine,
  name: string,
  exitCodePropagation: string,
  replace: boolean,
): Promise<Container> {
  const existing = replace ? engine.state.find(name) : undefined;
  if (existing) await removeContainer(engine, existing, { force: true });
  return await createContainer(engine, {
    image: '',
    rootfs: { path: `${engine.paths.tmpDir}/infra-container`, overlay: true },
    entrypoint: [`/${basename(findInitBinary())}`, '-P'],
    name,
    isService: true,
    readOnly: true,
    network: { kind: 'none' },
    sdnotifyMode: 'ignore',
    stopTimeout: engine.conf.engine.stop_timeout,
    ...(exitCodePropagation ? { kubeExitCodePropagation: exitCodePropagation } : {}),
  });
}
