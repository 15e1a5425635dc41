import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { lookasideOfScope } from '../config/registries-d.ts';
import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { goJson, sortKeys } from './go-json.ts';

/** A requirement of policy.json as `podman image trust show` lists it. */
export interface TrustEntry {
  readonly transport: string;
  readonly name?: string;
  readonly repo_name?: string;
  readonly sigstore?: string;
  readonly type: string;
  readonly gpg_id?: string;
}

interface Requirement {
  type: string;
  keyType?: string;
  keyPath?: string;
  keyPaths?: string[];
  keyData?: string;
}

interface PolicyFile {
  default?: Requirement[];
  transports?: Record<string, Record<string, Requirement[]>>;
}

const descriptions: Record<string, string> = {
  insecureAcceptAnything: 'accept',
  signedBy: 'signed',
  sigstoreSigned: 'sigstoreSigned',
  reject: 'reject',
};

/** What policy.json asks for, and where registries.d says that signatures are. @throws SelkieError */
export async function trustEntries(policyText: string, path: string, registriesDirectory?: string): Promise<TrustEntry[]> {
  let policy: PolicyFile;
  try {
    policy = JSON.parse(policyText) as PolicyFile;
  } catch (cause) {
    throw new SelkieError(`could not read trust policies: could not parse trust policies from ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
  const entries: TrustEntry[] = [];
  const add = async (
    requirements: Requirement[],
    base: { transport: string; name?: string; repo_name?: string },
    scope: string,
  ): Promise<void> => {
    const store = lookasideOfScope(scope, registriesDirectory);
    for (const requirement of requirements) {
      const keys = await keyIds(requirement);
      entries.push({ ...base, ...(store ? { sigstore: store } : {}), type: describe(requirement.type), ...(keys ? { gpg_id: keys } : {}) });
    }
  };
  await add(policy.default ?? [], { transport: 'all', name: '* (default)', repo_name: 'default' }, '');
  for (const [transport, scopes] of Object.entries(sortKeys(policy.transports ?? {}))) {
    const shown = transport === 'docker' ? 'repository' : transport;
    for (const [scope, requirements] of Object.entries(sortKeys(scopes)))
      await add(requirements, { transport: shown, ...(scope === '' ? {} : { name: scope, repo_name: scope }) }, scope);
  }
  return entries;
}

function describe(type: string): string {
  if (!descriptions[type]) warn(`Invalid trust type ${type}`);
  return descriptions[type] ?? '';
}

async function keyIds(requirement: Requirement): Promise<string> {
  if (requirement.type === 'sigstoreSigned') return 'N/A';
  if (requirement.type !== 'signedBy') return '';
  const paths = [...(requirement.keyPath ? [requirement.keyPath] : []), ...(requirement.keyPaths ?? [])];
  const ids = await Promise.all(paths.map((path) => gpgIds([path], undefined)));
  if (requirement.keyData) ids.push(await gpgIds([], Buffer.from(requirement.keyData, 'base64')));
  return ids.flat().join(', ');
}

async function gpgIds(args: string[], input: Uint8Array | undefined): Promise<string[]> {
  const { execa } = await import('execa');
  try {
    const { stdout } = await execa('gpg', ['--with-colons', '--show-keys', ...args], input ? { input } : {});
    return stdout
      .split('\n')
      .filter((line) => /^(uid|pub):/.test(line))
      .map((line) => line.split(':')[9] ?? '')
      .filter((uid) => uid !== '')
      .map((uid) => /<([^>]*)>/.exec(uid)?.[1] ?? uid);
  } catch (error) {
    warn(`Getting key identity: ${(error as Error).message}`);
    return [];
  }
}

/** Sets what a registry or repository, or everything (`default`), has to fulfil. The file is rewritten. @throws SelkieError */
export function setTrust(path: string, scope: string, type: string, keys: readonly string[]): void {
  const requirements = requirementsOf(type, keys);
  const policy = existsSync(path) ? readPolicyFile(path) : {};
  if (scope === 'default') policy.default = requirements;
  else {
    if (!policy.default?.length) throw new SelkieError('default trust policy must be set');
    policy.transports ??= {};
    const holder = Object.values(policy.transports).find((scopes) => scopes[scope] !== undefined);
    if (holder) holder[scope] = requirements;
    else {
      policy.transports['docker'] ??= {};
      policy.transports['docker'][scope] = requirements;
    }
  }
  const transports =
    policy.transports && Object.fromEntries(Object.entries(sortKeys(policy.transports)).map(([name, scopes]) => [name, sortKeys(scopes)]));
  writeFileSync(path, goJson({ default: policy.default, ...(transports ? { transports } : {}) }, '    '), { mode: 0o644 });
}

function readPolicyFile(path: string): PolicyFile {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PolicyFile;
  } catch (cause) {
    throw new SelkieError('could not read trust policies', { cause });
  }
}

function requirementsOf(type: string, keys: readonly string[]): Requirement[] {
  switch (type) {
    case 'accept':
    case 'insecureAcceptAnything':
    case 'reject':
      if (keys.length > 0) throw new SelkieError(`${keys.length} public keys unexpectedly provided for trust type ${type}`);
      return [{ type: type === 'reject' ? 'reject' : 'insecureAcceptAnything' }];
    case 'signedBy':
    case 'sigstoreSigned':
      if (keys.length === 0) throw new SelkieError(`at least one public key must be defined for type '${type}'`);
      return keys.map((keyPath) => (type === 'signedBy' ? { type, keyType: 'GPGKeys', keyPath } : { type, keyPath }));
    default:
      throw new SelkieError(`invalid choice: ${type} (choose from 'accept', 'reject', 'signedBy', 'sigstoreSigned')`);
  }
}
