import type { ContainerConfig } from '../container.ts';
import type { ContainerEngine } from '../engine.ts';

/** What podman has for `--security-opt label`: where the host labels nothing, that labels are off. */
export function labelOptionsOf(_engine: ContainerEngine, config: ContainerConfig): string[] {
  return config.dependencies.length === 0 || config.pod === undefined ? ['disable'] : ['disable', 'disable'];
}
