import { chmodSync, lutimesSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { NotYet, SelkieError } from '../errors.ts';
import { type StageState, stageLookup } from './config-steps.ts';
import type { Instruction } from './containerfile.ts';
import type { CopyFlags } from './copy-flags.ts';
import { downloadTo } from './download.ts';
import { ContainerfileError, nothingCopied } from './errors.ts';
import { expandWord } from './expand.ts';
import { IgnoreRules, readIgnoreFile } from './ignore.ts';
import { isArchive } from './local-archive.ts';
import { parentsContent } from './parents-content.ts';
import { fetchTree, isGitSource } from './remote-tree.ts';
import { findSourceItems, type SourceItem, walkTree } from './source-items.ts';
import type { SourceContext, SourceTree } from './sources.ts';

export type EntryVerdict = 'keep' | 'skip' | 'descend';
export type EntryRules = (path: string, isDirectory: boolean) => EntryVerdict;

/**
 * One thing to be put into the container. `type` is what the history calls it where that is not said by its kind; nothing for what was
 * fetched.
 */
export type CopyContent =
  | { kind: 'text'; name: string; text: string }
  | { kind: 'file'; name: string; item: SourceItem; type?: string }
  | { kind: 'archive'; item: SourceItem }
  | { kind: 'directory'; item: SourceItem; excluded: EntryRules; type?: string };

export interface CopyRequest {
  context: SourceContext;
  source: SourceTree;
  /** Sources, expanded. */
  patterns: string[];
  /** Sources and destination as typed. */
  typed: string[];
  instruction: Instruction;
  flags: CopyFlags;
  state: StageState;
  /** Takes away what was fetched. */
  stack: DisposableStack;
}

/**
 * Finds what a COPY or ADD copies; what is elsewhere is fetched.
 * @returns the contents, and a check that something is copied at all, which may have to look at the destination
 * @throws ContainerfileError
 */
export async function collectContents(
  request: CopyRequest,
): Promise<{ contents: CopyContent[]; check: (destinationExists: () => boolean) => void }> {
  const { context, source, instruction, flags, patterns, typed } = request;
  const ignoreFile = source.isContext
    ? readIgnoreFile(source.root, context.options.containerfile.path, context.options.ignoreFile)
    : source.ownRules
      ? readIgnoreFile(source.root, undefined, undefined)
      : undefined;
  const ignore = ignoreFile && new IgnoreRules(ignoreFile.patterns);
  const exclude = flags.exclude.length > 0 ? new IgnoreRules(flags.exclude) : undefined;
  const rules: EntryRules = (path, isDirectory) => {
    if (exclude?.ignores(path)) return isDirectory && exclude.hasExceptionsBelow(path) ? 'descend' : 'skip';
    if (!ignore?.ignores(path)) return 'keep';
    return isDirectory && ignore.hasExceptionsBelow(path) ? 'descend' : 'skip';
  };
  const contents: CopyContent[] = [];
  for (const [i, pattern] of patterns.entries()) {
    const text = heredocText(request, typed[i]!);
    if (text) {
      contents.push(text);
      continue;
    }
    const isBuild = instruction.line > 0;
    if (/^https?:\/\//.test(pattern) && instruction.command === 'COPY' && isBuild)
      throw new ContainerfileError("source can't be a URL for COPY");
    if ((instruction.command === 'ADD' || !isBuild) && (isGitSource(pattern) || /^https?:\/\//.test(pattern))) {
      contents.push(await fetched(request, pattern));
      continue;
    }
    if (flags.checksum !== undefined) throw new ContainerfileError('checksum flag is not supported for local sources');
    for (const item of findSourceItems(source.root, pattern, ignore, ignoreFile?.path)) {
      if (item.path !== '' && exclude?.ignores(item.path) && !(item.stat.isDirectory() && exclude.hasExceptionsBelow(item.path))) continue;
      if (flags.parents) contents.push(parentsContent(source.root, pattern, item, rules));
      else if (item.stat.isDirectory()) contents.push({ kind: 'directory', item, excluded: rules });
      else if (instruction.command === 'ADD' && flags.unpack !== false && (await isArchive(item.hostPath)))
        contents.push({ kind: 'archive', item });
      else if (!item.stat.isSocket()) contents.push({ kind: 'file', name: posix.basename(item.path), item });
    }
  }
  return { contents, check: (exists) => refuseNothing(request, contents, rules, ignoreFile?.path, exists) };
}

/** A directory of which nothing is copied is most likely a slip, unless the directory itself is what is made. */
function refuseNothing(
  { source, patterns }: CopyRequest,
  contents: readonly CopyContent[],
  rules: EntryRules,
  ignoreFile: string | undefined,
  destinationExists: () => boolean,
): void {
  for (const content of contents) {
    if (content.kind !== 'directory' || content.item.path === '' || content.type === '') continue;
    if (!walkTree(content.item.hostPath, content.item.path, content.excluded).next().done) continue;
    if (rules(content.item.path, true) === 'keep' && !destinationExists()) continue;
    throw nothingCopied(join(source.root, content.item.path), 1, ignoreFile);
  }
  if (contents.length === 0) throw nothingCopied(join(source.root, patterns[0] ?? ''), patterns.length, ignoreFile);
}

function heredocText({ instruction, state }: CopyRequest, word: string): CopyContent | undefined {
  if (!word.startsWith('<<')) return undefined;
  const name = word.replace(/^<<-?/, '').replace(/^["']|["']$/g, '');
  const heredoc = instruction.heredocs.find((doc) => doc.name === name);
  if (!heredoc) return undefined;
  const text = heredoc.expand ? expandLines(heredoc.content, state) : heredoc.content;
  return { kind: 'text', name: posix.basename(heredoc.name), text };
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

/** What ADD gets from a repository or an HTTP server. */
async function fetched(request: CopyRequest, address: string): Promise<CopyContent> {
  const { stack, flags, context } = request;
  if (isGitSource(address)) {
    if (flags.checksum !== undefined) throw new NotYet('ADD --checksum of a git repository');
    const tree = stack.use(await reading(address, () => fetchTree(address, flags.keepGitDir)));
    const item = { path: '', hostPath: tree.directory, stat: statSync(tree.directory) };
    return { kind: 'directory', item, excluded: () => 'keep', type: '' };
  }
  const parent = mkdtempSync(join(process.env['TMPDIR'] || '/var/tmp', 'buildah'));
  stack.defer(() => rmSync(parent, { recursive: true, force: true }));
  const path = join(parent, 'file');
  const { certDir, tlsVerify, retries, retryDelay } = context.options.pull;
  const { lastModified } = await reading(address, () => downloadTo(address, path, { certDir, tlsVerify, retries, retryDelay }));
  const seconds = (lastModified?.getTime() ?? 0) / 1000;
  lutimesSync(path, seconds, seconds);
  chmodSync(path, 0o600);
  if (flags.checksum !== undefined) await verifyChecksum(address, path, flags.checksum);
  const name = posix.basename(new URL(address).pathname);
  return { kind: 'file', name, item: { path: name, hostPath: path, stat: statSync(path) }, type: '' };
}

async function reading<T>(address: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new SelkieError(`reading ${JSON.stringify(address)}: ${(error as Error).message}`, { cause: error });
  }
}

async function verifyChecksum(address: string, path: string, wanted: string): Promise<void> {
  const [algorithm = '', hex = ''] = wanted.split(':');
  const lengths: Record<string, number> = { sha256: 64, sha384: 96, sha512: 128 };
  if (lengths[algorithm] === undefined || hex.length !== lengths[algorithm] || !/^[0-9a-f]+$/.test(hex))
    throw new ContainerfileError(
      `invalid checksum flag: ${lengths[algorithm] === undefined ? 'unsupported digest algorithm' : 'invalid checksum digest format'}`,
    );
  const hash = new Bun.CryptoHasher(algorithm as 'sha256');
  for await (const chunk of Bun.file(path).stream()) hash.update(chunk);
  const found = `${algorithm}:${hash.digest('hex')}`;
  if (found !== wanted)
    throw new ContainerfileError(
      `reading ${JSON.stringify(address)}: unexpected response digest for ${JSON.stringify(address)}: ${found}, want ${wanted}`,
    );
}
