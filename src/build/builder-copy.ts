import { resolve } from 'node:path';
import { NotYet, SelkieError } from '../errors.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { PullOptions } from '../image/pull-options.ts';
import { Builder, NoWorkingContainer } from './builder.ts';
import { copyIntoContainer, prepareCopy } from './copy.ts';
import { emptyState, singleStepContext } from './single-step.ts';

/** What `buildah copy` and `buildah add` are told. */
export interface BuilderCopy {
  command: 'COPY' | 'ADD';
  sources: readonly string[];
  /** Empty: the working directory. */
  destination: string;
  chown?: string;
  chmod?: string;
  exclude: readonly string[];
  /** A working container or image to copy from. */
  from?: string;
  contextDir?: string;
  ignoreFile?: string;
  pull: PullOptions;
}

/** Copies into a working container. @returns what the history calls the content, `file:<hex>` @throws SelkieError */
export async function copyIntoBuilder(images: ImageEngine, builder: Builder, copy: BuilderCopy): Promise<string> {
  using source = copy.from === undefined ? undefined : containerNamed(images, copy.from);
  const buildContexts = new Map(source ? [[copy.from!, { directory: source.root }]] : []);
  // Without a context a path is one of the machine's.
  const sources = copy.from !== undefined || copy.contextDir !== undefined ? copy.sources : copy.sources.map((path) => machinePath(path));
  const context = singleStepContext(images, copy.contextDir ?? '/', {
    buildContexts,
    pull: copy.pull,
    ignoreFile: copy.ignoreFile ?? (copy.contextDir === undefined ? '/dev/null' : undefined),
  });
  const flags = [
    ...(copy.from === undefined ? [] : [`--from=${escaped(copy.from)}`]),
    ...(copy.chown ? [`--chown=${escaped(copy.chown)}`] : []),
    ...(copy.chmod ? [`--chmod=${escaped(copy.chmod)}`] : []),
    ...copy.exclude.map((pattern) => `--exclude=${escaped(pattern)}`),
  ];
  const words = [...sources, copy.destination || './'].map(escaped);
  const instruction = { command: copy.command, flags, rest: JSON.stringify(words), original: '', heredocs: [], line: 0 };
  const state = emptyState(builder.config);
  try {
    const prepared = await prepareCopy(context, 0, instruction, state, () => builder.root);
    await copyIntoContainer(prepared, builder);
    return prepared.summary.content;
  } catch (error) {
    if (!(error instanceof SelkieError) || error instanceof NotYet) throw error;
    const where = copy.contextDir ?? '/';
    const said = error.message
      .replace(/ \(line 0\)$/, '')
      .replace(/^copier: stat/, `checking on sources under ${JSON.stringify(where)}: copier: stat`);
    throw new SelkieError(`adding content to container ${JSON.stringify(builder.name)}: ${said}`, { cause: error });
  }
}

function containerNamed(images: ImageEngine, name: string): Builder | undefined {
  try {
    return Builder.open(images, name);
  } catch (error) {
    if (error instanceof NoWorkingContainer) return undefined;
    throw error;
  }
}

function machinePath(path: string): string {
  if (/^(https?|git|ssh):\/\/|^git@/.test(path)) return path;
  return path.endsWith('/') ? `${resolve(path)}/` : resolve(path);
}

/** Nothing in a word is a variable here. */
const escaped = (word: string): string => word.replace(/[\\$"']/g, '\\$&');
