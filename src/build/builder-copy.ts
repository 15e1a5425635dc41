import { chmodSync, mkdtempSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { NotYet, SelkieError } from '../errors.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { PullOptions } from '../image/pull-options.ts';
import { Builder, NoWorkingContainer } from './builder.ts';
import type { LinkedLayer } from './builder-state.ts';
import { copyIntoContainer, type PreparedCopy, prepareCopy } from './copy.ts';
import { goTime } from './image-times.ts';
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
  checksum?: string;
  parents?: boolean;
  link?: boolean;
  keepGitDir?: boolean;
  /** For what is copied, in place of its own times. */
  timestamp?: Date;
  pull: PullOptions;
}

/** Copies into a working container. @returns what the history calls the content, `file:<hex>` @throws SelkieError */
export async function copyIntoBuilder(images: ImageEngine, builder: Builder, copy: BuilderCopy): Promise<string> {
  using source = copy.from === undefined ? undefined : containerNamed(images, copy.from);
  const buildContexts = new Map(source ? [[copy.from!, { directory: source.root, isRoot: true }]] : []);
  // Without a context a path is one of the machine's.
  const sources = copy.sources.map((path) => sourcePath(path, copy));
  const context = singleStepContext(images, copy.contextDir ?? '/', {
    buildContexts,
    pull: copy.pull,
    ignoreFile: copy.ignoreFile ?? (copy.contextDir === undefined ? '/dev/null' : undefined),
  });
  const flags = [
    ...(copy.from === undefined ? [] : [`--from=${escaped(copy.from)}`]),
    ...(copy.chown ? [`--chown=${escaped(copy.chown)}`] : []),
    ...(copy.checksum ? [`--checksum=${escaped(copy.checksum)}`] : []),
    ...(copy.parents ? ['--parents'] : []),
    ...(copy.link ? ['--link'] : []),
    ...(copy.chmod ? [`--chmod=${escaped(copy.chmod)}`] : []),
    ...copy.exclude.map((pattern) => `--exclude=${escaped(pattern)}`),
  ];
  const words = [...sources, copy.destination || './'].map(escaped);
  const instruction = { command: copy.command, flags, rest: JSON.stringify(words), original: '', heredocs: [], line: 0 };
  const state = emptyState(builder.config);
  try {
    const prepared = await prepareCopy(context, 0, instruction, state, () => builder.root);
    if (copy.timestamp) prepared.placement.time = copy.timestamp.getTime() / 1000;
    if (copy.link) await copyAlone(prepared, builder, copy);
    else await copyIntoContainer(prepared, builder);
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

/** What --link copies is kept beside the container, in a tree that becomes a layer of its own when the container is committed. */
async function copyAlone(prepared: PreparedCopy, builder: Builder, { command, timestamp }: BuilderCopy): Promise<void> {
  const root = mkdtempSync(join(builder.directory, 'link-stage-'));
  chmodSync(root, 0o755);
  const { placement, summary } = prepared;
  await copyIntoContainer(prepared, { id: builder.id, name: builder.name, root, runDirectory: builder.runDirectory }, true);
  const created = goTime(timestamp ?? statSync(root).mtime);
  const createdBy = `/bin/sh -c #(nop) ${command} --link ${summary.content} in ${placement.path} `;
  const layers = (builder.state['AppendedLinkedLayers'] ?? []) as LinkedLayer[];
  builder.state['AppendedLinkedLayers'] = [...layers, { History: { created, created_by: createdBy }, BlobPath: root }];
}

function containerNamed(images: ImageEngine, name: string): Builder | undefined {
  try {
    return Builder.open(images, name);
  } catch (error) {
    if (error instanceof NoWorkingContainer) return undefined;
    throw error;
  }
}

/** Without a context a path is one of the machine's; with one it may be given in full. */
function sourcePath(path: string, { from, contextDir }: BuilderCopy): string {
  if (from !== undefined || /^(https?|git|ssh):\/\/|^git@/.test(path)) return path;
  if (contextDir === undefined) return path.endsWith('/') ? `${resolve(path)}/` : resolve(path);
  const context = resolve(contextDir);
  return path === context || path.startsWith(`${context}/`) ? `/${relative(context, path)}` : path;
}

/** Nothing in a word is a variable here. */
const escaped = (word: string): string => word.replace(/[\\$"']/g, '\\$&');
