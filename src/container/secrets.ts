import { join } from 'node:path';
import { SecretStore } from '../secret/secret-store.ts';
import type { ContainerEngine } from './engine.ts';

/** The secrets of an engine. */
export const secretsOf = (engine: ContainerEngine): SecretStore =>
  new SecretStore(engine.paths.secretsDir ?? join(engine.paths.graphRoot, 'secrets'));
