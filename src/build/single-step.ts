import type { OciImageConfig } from '../image/image-config.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { StageState } from './config-steps.ts';
import { fetchTree } from './remote-tree.ts';
import type { SourceContext } from './sources.ts';

/** What stands in for a build where a single step is done: what it reads from, and no stages. */
export function singleStepContext(
  images: ImageEngine,
  contextDir: string,
  more: Partial<Omit<SourceContext['options'], 'run'>> = {},
): SourceContext {
  return {
    images,
    options: {
      contextDir,
      containerfile: { text: '' },
      buildContexts: new Map(),
      pull: { policy: 'missing' },
      run: { secrets: new Map(), ssh: new Map() },
      ...more,
    },
    fetch: (url) => fetchTree(url),
    stripsSpecialBits: false,
    stages: [],
    stageNames: [],
    finished: new Map(),
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
