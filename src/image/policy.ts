import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeDir } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import type { Digest } from './digest.ts';
import { PolicyRejected } from './errors.ts';
import { isObject } from './manifest.ts';
import { requirementKinds } from './policy-requirements.ts';
import { formatImageName, type ImageSource } from './transport.ts';

export type PolicyRequirement = { readonly type: string } & Readonly<Record<string, unknown>>;

/** policy.json, parsed and checked. */
export interface Policy {
  readonly default: readonly PolicyRequirement[];
  readonly transports: Readonly<Record<string, Readonly<Record<string, readonly PolicyRequirement[]>>>>;
}

export class PolicyError extends SelkieError {}

/** Any image will do: for places of our own, and where the user says so. */
export const acceptAnything: Policy = { default: [{ type: 'insecureAcceptAnything' }], transports: {} };

const cache = new Map<string, Policy>();

/** Reads policy.json, the given one or the usual. @throws PolicyError */
export function loadPolicy(path?: string): Policy {
  const file = path || usualPath();
  let policy = cache.get(file);
  if (!policy) {
    policy = parsePolicy(readPolicy(file), file);
    cache.set(file, policy);
  }
  return policy;
}

function usualPath(): string {
  const home = join(homeDir(), '.config/containers/policy.json');
  if (existsSync(home)) return home;
  const system = '/etc/containers/policy.json';
  if (existsSync(system)) return system;
  throw new PolicyError(`no policy.json file found at any of the following: ${JSON.stringify(home)}, ${JSON.stringify(system)}`);
}

function readPolicy(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new PolicyError(`open ${path}: no such file or directory`, { cause });
    throw cause;
  }
}

/** The same policy, with everything in local stores allowed: what leaves the store was judged when it came in. */
export function allowingLocalStores(policy: Policy): Policy {
  return { ...policy, transports: { ...policy.transports, 'containers-storage': { '': [{ type: 'insecureAcceptAnything' }] } } };
}

/** Checks a policy down to its unknown keys, which are errors. @throws PolicyError */
export function parsePolicy(text: string, path: string): Policy {
  const fail = (reason: string): never => {
    throw new PolicyError(`invalid policy in ${JSON.stringify(path)}: ${reason}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return fail((cause as Error).message);
  }
  if (!isObject(json)) return fail('not an object');
  const unknown = Object.keys(json).find((key) => key !== 'default' && key !== 'transports');
  if (unknown !== undefined) fail(`Unknown key ${JSON.stringify(unknown)}`);
  if (json['default'] === undefined) fail('Default policy is missing');
  const transports = json['transports'] ?? {};
  if (!isObject(transports)) return fail('transports is not an object');
  return {
    default: requirements(json['default'], fail),
    transports: Object.fromEntries(
      Object.entries(transports).map(([transport, scopes]) => {
        if (!isObject(scopes)) return fail(`scopes of ${transport} are not an object`);
        return [transport, Object.fromEntries(Object.entries(scopes).map(([scope, list]) => [scope, requirements(list, fail)]))];
      }),
    ),
  };
}

function requirements(value: unknown, fail: (reason: string) => never): PolicyRequirement[] {
  if (!Array.isArray(value) || value.length === 0) return fail('List of verification policy requirements must not be empty');
  return value.map((entry: unknown) => {
    if (!isObject(entry) || typeof entry['type'] !== 'string') return fail('Missing or invalid requirement type');
    const kind = Object.hasOwn(requirementKinds, entry['type']) ? requirementKinds[entry['type']] : undefined;
    if (!kind) return fail(`Unknown policy requirement type ${JSON.stringify(entry['type'])}`);
    const unknown = Object.keys(entry).find((key) => key !== 'type' && !kind.keys.includes(key));
    if (unknown !== undefined) fail(`Unknown key ${JSON.stringify(unknown)}`);
    return entry as PolicyRequirement;
  });
}

/** The requirements for an image: those of its most specific scope. */
export function requirementsFor(policy: Policy, transport: string, scopes: readonly string[]): readonly PolicyRequirement[] {
  const own = policy.transports[transport];
  if (!own) return policy.default;
  const scope = [...scopes, ''].find((each) => Object.hasOwn(own, each));
  return scope === undefined ? policy.default : own[scope]!;
}

/** Says whether an image may be used, by throwing when not. @param digest of the manifest in question @throws PolicyRejected */
export async function checkPolicy(policy: Policy, source: ImageSource, digest: Digest, instance?: Digest): Promise<void> {
  const { reference } = source;
  const list = requirementsFor(policy, reference.transport, needsScopes(policy, reference.transport) ? reference.policyScopes : []);
  for (const requirement of list) {
    const refusal = await requirementKinds[requirement.type]!.check(requirement, {
      source,
      digest,
      ...(instance ? { instance } : {}),
      described: formatImageName(reference),
    });
    if (refusal !== undefined) throw new PolicyRejected(`Source image rejected: ${refusal}`);
  }
}

function needsScopes(policy: Policy, transport: string): boolean {
  return policy.transports[transport] !== undefined;
}
