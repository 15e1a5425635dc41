import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeDir } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import type { Digest } from './digest.ts';
import { PolicyRejected } from './errors.ts';
import { requirementKinds } from './policy-requirements.ts';
import { isPolicyScope } from './policy-scope.ts';
import { anyObject, onlyKeys, parseStrictJson, StrictJsonError } from './strict-json.ts';
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

/** Checks a policy down to its keys, none of which may be double or unknown. @throws PolicyError */
export function parsePolicy(text: string, path: string): Policy {
  try {
    const json = onlyKeys(parseStrictJson(text), ['default', 'transports']);
    if (json.default === undefined) throw new StrictJsonError('Default policy is missing');
    const transports = Object.entries(anyObject(json.transports === undefined ? {} : json.transports));
    return {
      default: requirements(json.default),
      transports: Object.fromEntries(transports.map(([name, scopes]) => [name, scoped(name, scopes)])),
    };
  } catch (cause) {
    if (!(cause instanceof StrictJsonError)) throw cause;
    throw new PolicyError(`invalid policy in ${JSON.stringify(path)}: ${cause.message}`, { cause });
  }
}

function scoped(transport: string, scopes: unknown): Record<string, PolicyRequirement[]> {
  return Object.fromEntries(
    Object.entries(anyObject(scopes)).map(([scope, list]) => {
      // One that no image could have would never count, and nobody would notice.
      if (scope !== '' && !isPolicyScope(transport, scope)) throw new StrictJsonError(`Unknown key ${JSON.stringify(scope)}`);
      return [scope, requirements(list)];
    }),
  );
}

function requirements(value: unknown): PolicyRequirement[] {
  if (!Array.isArray(value) || value.length === 0) throw new StrictJsonError('List of verification policy requirements must not be empty');
  return value.map((entry: unknown) => {
    const requirement = anyObject(entry ?? {});
    const { type = '' } = requirement;
    const kind = typeof type === 'string' && Object.hasOwn(requirementKinds, type) ? requirementKinds[type] : undefined;
    if (!kind) throw new StrictJsonError(`Unknown policy requirement type ${JSON.stringify(type)}`);
    kind.validate(requirement as PolicyRequirement);
    return requirement as PolicyRequirement;
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
    const subject = { source, digest, ...(instance ? { instance } : {}), described: formatImageName(reference) };
    let refusal: string | undefined;
    try {
      refusal = await requirementKinds[requirement.type]!.check(requirement, subject);
    } catch (cause) {
      if (!(cause instanceof SelkieError)) throw cause;
      throw new PolicyRejected(`Source image rejected: ${cause.message}`, { cause });
    }
    if (refusal !== undefined) throw new PolicyRejected(`Source image rejected: ${refusal}`);
  }
}

function needsScopes(policy: Policy, transport: string): boolean {
  return policy.transports[transport] !== undefined;
}
