import { posix } from 'node:path';
import { isDigest } from './digest.ts';

type ScopeCheck = (scope: string) => boolean;

/** An absolute path without detours, other than `/`, which would be the same as ''. */
const isPath: ScopeCheck = (scope) => scope.startsWith('/') && scope !== '/' && posix.normalize(scope) === scope && !scope.endsWith('/');

/** `[driver@graphroot]` or `[graphroot]`, and what of an image's name comes behind it. */
const isStore: ScopeCheck = (scope) => {
  const [, place, rest = ''] = /^\[([^\]]+)\](.*)$/s.exec(scope) ?? [];
  if (place === undefined) return false;
  const [first = '', second, more] = place.split('@');
  if (more !== undefined || first === '' || second === '') return false;
  return (second ?? first).startsWith('/') && !rest.startsWith('/');
};

const checks: Readonly<Record<string, ScopeCheck>> = {
  dir: isPath,
  oci: isPath,
  'oci-archive': isPath,
  sif: isPath,
  'containers-storage': isStore,
  'docker-daemon': (scope) => !isDigest(scope),
  'docker-archive': () => false,
  tarball: () => false,
};

/** Whether a scope of policy.json, other than the default one '', could ever be an image's. Transports that nobody knows have any. */
export function isPolicyScope(transport: string, scope: string): boolean {
  return Object.hasOwn(checks, transport) ? checks[transport]!(scope) : true;
}
