import { isRootless } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';

/** For commands whose mounts would be seen by nobody: a rootless user has to run them inside of `unshare`. @throws SelkieError */
export function requireUserNamespace(path: string): void {
  if (!isRootless() || process.geteuid!() === 0) return;
  const [program = 'podman'] = path.split(' ');
  throw new SelkieError(`cannot run command "${path}" in rootless mode, must execute \`${program} unshare\` first`);
}
