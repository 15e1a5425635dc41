import { posix } from 'node:path';
import { sha256Hex } from '../archive/sha256.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { UserDatabase } from '../container/spec/user-lookup.ts';
import { type StageState, stageLookup } from './config-steps.ts';
import { execForm, type Instruction, splitWords } from './containerfile.ts';
import { ContentDigest } from './content-digest.ts';
import { type CopyContent, type CopyRequest, collectContents } from './copy-contents.ts';
import { type CopyFlags, readCopyFlags } from './copy-flags.ts';
import { ContainerfileError } from './errors.ts';
import { expandWord } from './expand.ts';
import type { CopySummary } from './history.ts';
import { type Placement, placeContent } from './place.ts';
import { settleTimes } from './settle-times.ts';
import { walkTree } from './source-items.ts';
import { openSource, type SourceContext } from './sources.ts';
import type { BuildRoot } from './working-container.ts';

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
  const typed = execForm(instruction.rest) ?? splitWords(instruction.rest, state.escapeChar);
  const words = typed.map((word) => expandWord(word, lookup, state.escapeChar));
  if (words.length < 2)
    throw new ContainerfileError(
      `${instruction.command} requires at least two arguments, but only ${words.length} provided`,
      instruction.line,
    );
  const destination = words.at(-1)!;
  const stack = new DisposableStack();
  try {
    const source = stack.use(await openCopySource(context, flags.from, stageIndex, instruction));
    const owner = flags.chown === undefined ? { uid: 0, gid: 0 } : lookUpOwner(flags.chown, rootOf());
    const request: CopyRequest = { context, source, patterns: words.slice(0, -1), typed, instruction, flags, state, stack };
    const { contents, check } = await collectContents(request);
    const placement = place(contents, destination, state, owner, flags, rootOf, context.stripsSpecialBits);
    check(() => isDirectory(rootOf(), placement.path));
    const summary = { content: await digest(contents, placement), destination: typed.at(-1)!, link: flags.link };
    const kept = stack.move();
    return { summary, contents, placement, [Symbol.dispose]: () => kept.dispose() };
  } catch (error) {
    stack.dispose();
    throw error;
  }
}

/** Puts the content into the working container. Paths are resolved inside its root. @param alone it is all that the layer has */
export async function copyIntoContainer(prepared: PreparedCopy, container: BuildRoot, alone = false): Promise<void> {
  using _sources = prepared;
  using root = new Rootfs(container.root, alone ? undefined : container.idMaps);
  for (const content of prepared.contents) await placeContent(root, content, prepared.placement);
  if (alone) settleTimes(root, prepared.contents, prepared.placement);
}

async function openCopySource(context: SourceContext, from: string | undefined, stageIndex: number, { command }: Instruction) {
  try {
    return await openSource(context, from, stageIndex);
  } catch (error) {
    if (from === undefined) throw error;
    throw new ContainerfileError(`${command} --from=${from}: no stage or image found with that name: ${(error as Error).message}`);
  }
}

/** Where the content goes: into a directory, or to a name of its own. */
function place(
  contents: CopyContent[],
  destination: string,
  state: StageState,
  owner: { uid: number; gid: number },
  flags: CopyFlags,
  rootOf: () => string,
  stripSpecialBits: boolean,
): Placement {
  const path = posix.resolve('/', state.config.WorkingDir || '/', destination);
  const saysDirectory = /(^|\/)\.?$/.test(destination) || destination.endsWith('/..') || destination === '..';
  const single = contents.length === 1 && (contents[0]!.kind === 'file' || contents[0]!.kind === 'text');
  if (!single && kindOf(rootOf, path) === 'file') throw new ContainerfileError(`destination ${path} already exists but is not a directory`);
  const intoDirectory = !single || saysDirectory || kindOf(rootOf, path) === 'directory';
  return {
    path,
    intoDirectory,
    owner,
    keepOwner: flags.from !== undefined && flags.chown === undefined,
    ownerGiven: flags.chown !== undefined,
    mode: readMode(flags.chmod),
    strip: flags.from === undefined && stripSpecialBits,
  };
}

function kindOf(rootOf: () => string, path: string): 'directory' | 'file' | 'other' | undefined {
  using root = new Rootfs(rootOf());
  return root.kind(path);
}

const isDirectory = (root: string, path: string): boolean => kindOf(() => root, path) === 'directory';

function readMode(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-7]+$/.test(text))
    throw new ContainerfileError(
      `parsing chmod ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return Number.parseInt(text, 8) & 0o7777;
}

function lookUpOwner(text: string, rootPath: string): { uid: number; gid: number } {
  using root = new Rootfs(rootPath);
  const database = new UserDatabase(root);
  try {
    if (/^(:|$)/.test(text)) throw new Error("can't find uid for user ");
    const user = database.find(text);
    // A user without a group owns by a group of the same number, as buildah has it.
    return text.includes(':') ? user : { uid: user.uid, gid: /^\d+$/.test(text) ? user.uid : user.gid };
  } catch (error) {
    throw new ContainerfileError(`looking up UID/GID for ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

async function digest(contents: CopyContent[], placement: Placement): Promise<string> {
  const sums: string[] = [];
  for (const content of contents) {
    const sum = new ContentDigest(placement);
    const renamed = posix.basename(placement.path);
    if (content.kind === 'text') sum.text(placement.intoDirectory ? content.name : renamed, content.text);
    else if (content.kind === 'file') sum.file(placement.intoDirectory ? content.name : renamed, content.item);
    else if (content.kind === 'archive') await sum.archive(content.item.hostPath);
    else for (const entry of walkTree(content.item.hostPath, content.item.path, content.excluded)) sum.entry(entry);
    const type =
      content.kind === 'text' || content.kind === 'archive' ? 'file' : (content.type ?? (content.kind === 'file' ? 'file' : 'dir'));
    sums.push(`${type === '' ? '' : `${type}:`}${sum.hex()}`);
  }
  return sums.length === 1 ? sums[0]! : `multi:${sha256Hex(sums.join(','))}`;
}
