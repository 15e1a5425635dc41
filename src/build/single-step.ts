import type { OciImageConfig } from '../image/image-config.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { BuildOptions } from './build-options.ts';
import type { StageState } from './config-steps.ts';
import type { StageContext } from './stage-executor.ts';

/** What stands in for a build where a single step is done: its context, and no stages. */
export function singleStepContext(images: ImageEngine, contextDir: string, more: Partial<BuildOptions> = {}): StageContext {
  const options = { contextDir, containerfile: { text: '' }, buildContexts: new Map(), pull: { policy: 'missing' }, ...more };
  return {
    images,
    options: { ...options, run: { secrets: new Map() } } as unknown as BuildOptions,
    report: { out() {}, err() {}, stdio: 'inherit' },
    file: { instructions: [], escapeChar: '\\' },
    stages: [],
    globalArgs: new Map(),
    finished: new Map(),
    executed: new Set(),
  };
}

/** The state of a stage in which nothing but the image's configuration is known. */
export const emptyState = (config: OciImageConfig): StageState => ({
  config,
  args: new Map(),
  declared: new Set(),
  cmdSet: false,
  escapeChar: '\\',
  buildArgs: new Map(),
  globalArgs: new Map(),
});
