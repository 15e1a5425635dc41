import { readFileSync } from 'node:fs';
import { type Fields, info, reportError, warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { systemText } from '../os/system-text.ts';
import { isDigest } from './digest.ts';
import { isObject } from './manifest.ts';
import { parseReference, type Reference, repositoryName } from './reference.ts';
import { isRepository, type SyncSource, tagsOf } from './sync-sources.ts';
import type { TransportOptions } from './transport.ts';
import { dockerReference } from './transports/docker-reference.ts';
import { VersionConstraint } from './version-constraint.ts';

/** What a YAML file says of one registry. */
interface RegistryToSync {
  images?: Record<string, (string | number)[] | null>;
  'images-by-tag-regex'?: Record<string, string>;
  'images-by-semver'?: Record<string, string>;
  credentials?: { username?: string; password?: string };
  'tls-verify'?: boolean;
  'cert-dir'?: string;
}

/** What a YAML file lists: registries with repositories and their tags. What cannot be listed is reported and left out. @throws SelkieError */
export async function listedToSync(path: string, options: TransportOptions): Promise<SyncSource[]> {
  const sources: SyncSource[] = [];
  for (const [registry, listed] of Object.entries(await readList(path))) {
    const own = registryOptions(listed, options);
    const listing = new RegistryListing(registry, own);
    await listing.readAll(listed);
    sources.push(...listing.groups.map((references) => ({ images: references.map(dockerReference), options: own })));
  }
  return sources;
}

async function readList(path: string): Promise<Record<string, RegistryToSync>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SelkieError(systemText(cause as Error), { cause });
  }
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    const [reason] = (cause as Error).message.split('\n', 1);
    throw new SelkieError(`Failed to unmarshal ${JSON.stringify(path)}: yaml: ${reason}`, { cause });
  }
  if (!isObject(document)) throw new SelkieError(`Failed to unmarshal ${JSON.stringify(path)}: not a map of registries`);
  return Object.fromEntries(Object.entries(document).map(([registry, listed]) => [registry, (listed ?? {}) as RegistryToSync]));
}

function registryOptions(listed: RegistryToSync, options: TransportOptions): TransportOptions {
  const { username, password = '' } = listed.credentials ?? {};
  return {
    ...options,
    ...(username ? { credentials: { username, password } } : {}),
    ...(listed['tls-verify'] === undefined ? {} : { tlsVerify: listed['tls-verify'] }),
    ...(listed['cert-dir'] ? { certDir: listed['cert-dir'] } : {}),
  };
}

type Choice = (reference: Reference) => boolean;

class RegistryListing {
  /** Of each repository what is to be copied. */
  readonly groups: Reference[][] = [];

  constructor(
    readonly registry: string,
    readonly options: TransportOptions,
  ) {}

  async readAll(listed: RegistryToSync): Promise<void> {
    const { images = {}, 'images-by-tag-regex': byRegex = {}, 'images-by-semver': bySemver = {} } = listed;
    if ([images, byRegex, bySemver].every((map) => Object.keys(map).length === 0))
      return warn('No images specified for registry', { registry: this.registry });
    for (const [name, refs] of Object.entries(images))
      await this.repository(name, (repository) => this.named(repository, name, refs ?? []));
    await this.filtered(byRegex, tagPattern);
    await this.filtered(bySemver, versionChoice);
  }

  /** One text that makes no sense leaves out all of its map, as in skopeo. */
  private async filtered(map: Readonly<Record<string, string>>, choiceOf: (text: string) => Choice): Promise<void> {
    let choices: [string, Choice][];
    try {
      choices = Object.entries(map).map(([name, text]) => [name, choiceOf(text)]);
    } catch (error) {
      return reportError((error as Error).message);
    }
    for (const [name, choice] of choices)
      await this.repository(name, async (repository) => (await this.tags(repository, name)).filter(choice));
  }

  private async repository(name: string, choose: (repository: Reference) => Promise<Reference[]>): Promise<void> {
    const repository = this.parse(name);
    if (!repository) return;
    info('Processing repo', this.fields(name));
    let references: Reference[];
    try {
      references = await choose(repository);
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      reportError('Error processing repo, skipping', this.fields(name));
      return reportError(error.message);
    }
    if (references.length === 0) warn('No refs to sync found', this.fields(name));
    else this.groups.push(references);
  }

  private parse(name: string): Reference | undefined {
    try {
      const reference = parseReference(`${this.registry}/${name}`);
      if (isRepository(reference)) return reference;
      throw new SelkieError('input names a reference, not a repository');
    } catch (error) {
      reportError('Error parsing repository name, skipping', this.fields(name));
      reportError((error as Error).message);
      return undefined;
    }
  }

  private async named(repository: Reference, name: string, refs: readonly (string | number)[]): Promise<Reference[]> {
    if (refs.length === 0) return this.tags(repository, name);
    return refs.flatMap((ref) => {
      const text = String(ref);
      try {
        return [parseReference(`${repositoryName(repository)}${isDigest(text) ? '@' : ':'}${text}`)];
      } catch (error) {
        reportError('Error parsing ref, skipping', { ref: text });
        reportError((error as Error).message);
        return [];
      }
    });
  }

  private tags(repository: Reference, name: string): Promise<Reference[]> {
    info('Querying registry for image tags', this.fields(name));
    return tagsOf(repository, this.options);
  }

  private fields(repo: string): Fields {
    return { registry: this.registry, repo };
  }
}

function tagPattern(text: string): Choice {
  let pattern: RegExp;
  try {
    pattern = new RegExp(text);
  } catch (cause) {
    throw new SelkieError(`error parsing regexp: ${(cause as Error).message.replace('Invalid regular expression: ', '')}: \`${text}\``, {
      cause,
    });
  }
  return ({ tag }) => pattern.test(tag!);
}

function versionChoice(text: string): Choice {
  const constraint = VersionConstraint.parse(text);
  return ({ tag }) => constraint.allows(tag!);
}
