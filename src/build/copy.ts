import { posix } from 'node:path';
import { sha256Hex } from '../archive/sha256.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { UserDatabase } from '../container/spec/user-lookup.ts';
import { NotYet } from '../errors.ts';
import { type StageState, stageLookup } from './config-steps.ts';
import { execForm, type Instruction, splitWords } from './containerfile.ts';
import { ContentDigest } from './content-digest.ts';
import { type CopyFlags, readCopyFlags } from './copy-flags.ts';
import { ContainerfileError } from './errors.ts';
import { expandWord } from './expand.ts';
import type { CopySummary } from './history.ts';
import { IgnoreRules, readIgnoreFile } from './ignore.ts';
import { isArchive } from './local-archive.ts';
import { type Placement, placeContent } from './place.ts';
import { findSourceItems, type SourceItem, walkTree } from './source-items.ts';
import { openSource, type SourceContext, type SourceTree } from './sources.ts';
import type { BuildRoot } from './working-container.ts';

/** One thing to be put into the container, with its content digested. */
export type CopyContent =
  | { kind: 'text'; name: string; text: string }
  | { kind: 'file'; name: string; item: SourceItem }
  | { kind: 'archive'; item: SourceItem }
  | { kind: 'directory'; item: SourceItem; excluded: (path: string, isDirectory: boolean) => 'keep' | 'skip' | 'descend' };

/** A COPY or ADD that is ready to be carried out; until then only its sources were read. */
export interface PreparedCopy extends Disposable {
  summary: CopySummary;
  contents: CopyContent[];
  placement: Placement;
}

/**
 * Reads the sources of a COPY or ADD and digests them, for history and cache.
 * @param rootOf the root that the step is to change, mounted when it has to be looked at
 * @throws ContainerfileError
 */
export async function prepareCopy(
  context: SourceContext,
  stageIndex: number,
  instruction: Instruction,
  state: StageState,
  rootOf: () => string,
): Promise<PreparedCopy> {
  const lookup = stageLookup(state);
  const flags = readCopyFlags(instruction, lookup, state.escapeChar);
  refuseUnsupported(instruction, flags);
  const typed = execForm(instruction.rest) ?? splitWords(instruction.rest, state.escapeChar);
  const words = typed.map((word) => expandWord(word, lookup, state.escapeChar));
  if (words.length < 2)
    throw new ContainerfileError(
      `${instruction.command} requires at least two arguments, but only ${words.length} provided`,
      instruction.line,
    );
  const destination = words.at(-1)!;
  const source = await openSource(context, flags.from, stageIndex);
  try {
    const owner = flags.chown === undefined ? { uid: 0, gid: 0 } : lookUpOwner(flags.chown, rootOf());
    const contents = await collect(context, source, words.slice(0, -1), typed, instruction, flags, state);
    const placement = place(contents, destination, state, owner, flags, rootOf);
    const summary = { content: await digest(contents, placement), destination: typed.at(-1)!, link: flags.link };
    return { summary, contents, placement, [Symbol.dispose]: () => source[Symbol.dispose]() };
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

/** Puts the content into the working container. Paths are resolved inside its root. */
export async function copyIntoContainer(prepared: PreparedCopy, container: BuildRoot): Promise<void> {
  using _sources = prepared;
  using root = new Rootfs(container.root);
  for (const content of prepared.contents) await placeContent(root, content, prepared.placement);
}

function refuseUnsupported(instruction: Instruction, flags: CopyFlags): void {
  const unsupported = { parents: flags.parents, 'keep-git-dir': flags.keepGitDir, checksum: flags.checksum !== undefined };
  for (const [name, given] of Object.entries(unsupported)) if (given) throw new NotYet(`${instruction.command} --${name}`);
}

async function collect(
  context: SourceContext,
  source: SourceTree,
  patterns: string[],
  typed: string[],
  instruction: Instruction,
  flags: CopyFlags,
  state: StageState,
): Promise<CopyContent[]> {
  const { options } = context;
  const ignore = source.isContext
    ? new IgnoreRules(readIgnoreFile(source.root, options.containerfile.path, options.ignoreFile))
    : undefined;
  const exclude = flags.exclude.length > 0 ? new IgnoreRules(flags.exclude) : undefined;
  const rules = (path: string, isDirectory: boolean): 'keep' | 'skip' | 'descend' => {
    if (exclude?.ignores(path)) return 'skip';
    if (!ignore?.ignores(path)) return 'keep';
    return isDirectory && ignore.hasExceptions ? 'descend' : 'skip';
  };
  const contents: CopyContent[] = [];
  for (const [i, pattern] of patterns.entries()) {
    const heredoc = instruction.heredocs.find(
      (doc) => typed[i]!.replace(/^<<-?/, '').replace(/^["']|["']$/g, '') === doc.name && typed[i]!.startsWith('<<'),
    );
    if (heredoc) {
      contents.push({ kind: 'text', name: heredoc.name, text: heredoc.expand ? expandLines(heredoc.content, state) : heredoc.content });
      continue;
    }
    if (instruction.command === 'ADD' && /^(https?|git|ssh):\/\/|^git@/.test(pattern)) throw new NotYet('ADD of a URL');
    for (const item of findSourceItems(source.root, pattern, ignore)) {
      if (item.stat.isDirectory()) contents.push({ kind: 'directory', item, excluded: rules });
      else if (instruction.command === 'ADD' && flags.unpack !== false && (await isArchive(item.hostPath)))
        contents.push({ kind: 'archive', item });
      else contents.push({ kind: 'file', name: posix.basename(item.path), item });
    }
  }
  return contents;
}

/** Variables in a here-document of COPY are replaced; its quotes stay. */
function expandLines(text: string, state: StageState): string {
  const lookup = stageLookup(state);
  return text.replace(
    /\\(\$)|\$(?:\{([^}]+)\}|([a-zA-Z_][a-zA-Z0-9_]*))/g,
    (whole, dollar?: string, braced?: string, name?: string) =>
      dollar ?? (braced === undefined ? (lookup(name!) ?? '') : expandWord(whole, lookup)),
  );
}

/** Where the content goes: into a directory, or to a name of its own. */
function place(
  contents: CopyContent[],
  destination: string,
  state: StageState,
  owner: { uid: number; gid: number },
  flags: CopyFlags,
  rootOf: () => string,
): Placement {
  const path = posix.resolve('/', state.config.WorkingDir || '/', destination);
  const saysDirectory = /(^|\/)\.?$/.test(destination) || destination.endsWith('/..') || destination === '..';
  if (contents.length > 1 && !saysDirectory && !isDirectory(rootOf(), path)) {
    throw new ContainerfileError(`adding multiple sources ${JSON.stringify(destination)}: destination is not a directory`);
  }
  const single = contents.length === 1 && (contents[0]!.kind === 'file' || contents[0]!.kind === 'text');
  const intoDirectory = !single || saysDirectory || isDirectory(rootOf(), path);
  return {
    path,
    intoDirectory,
    owner,
    keepOwner: flags.from !== undefined && flags.chown === undefined,
    ownerGiven: flags.chown !== undefined,
    mode: readMode(flags.chmod),
  };
}

function isDirectory(rootPath: string, path: string): boolean {
  using root = new Rootfs(rootPath);
  return root.kind(path) === 'directory';
}

function readMode(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-7]{3,4}$/.test(text)) throw new NotYet(`--chmod=${text}: only octal modes are understood; this form`);
  return Number.parseInt(text, 8);
}

function lookUpOwner(text: string, rootPath: string): { uid: number; gid: number } {
  using root = new Rootfs(rootPath);
  const database = new UserDatabase(root);
  const user = database.find(text);
  // A user without a group owns by a group of the same number, as buildah has it.
  return text.includes(':') ? user : { uid: user.uid, gid: /^\d+$/.test(text) ? user.uid : user.gid };
}

async function digest(contents: CopyContent[], placement: Placement): Promise<string> {
  const sums: string[] = [];
  for (const content of contents) {
    const sum = new ContentDigest(placement);
    if (content.kind === 'text') sum.text(placement.intoDirectory ? content.name : posix.basename(placement.path), content.text);
    else if (content.kind === 'file') sum.file(placement.intoDirectory ? content.name : posix.basename(placement.path), content.item);
    else if (content.kind === 'archive') await sum.archive(content.item.hostPath);
    else for (const entry of walkTree(content.item.hostPath, content.item.path, content.excluded)) sum.entry(entry);
    sums.push(`${content.kind === 'directory' ? 'dir' : 'file'}:${sum.hex()}`);
  }
  if (sums.length === 1) return sums[0]!;
  return `multi:${sha256Hex(sums.join(','))}`;
}
