import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { configHome, isRootless } from '../../config/paths.ts';
import { debug, reportError, warn } from '../../diagnostics.ts';
import type { Rootfs } from './rootfs.ts';

export interface SubscriptionMount {
  destination: string;
  source: string;
}

/**
 * What mounts.conf lays into every container, and what a host in FIPS mode needs there. Host files are copied into the container's
 * run directory and bound by the runtime, which resolves the places inside the root (CVE-2024-9341).
 * @param given a file that takes precedence (`--default-mounts-file`)
 */
export function subscriptionMounts(
  runDir: string,
  rootfs: Rootfs,
  owner: { uid: number; gid: number },
  given?: string,
): SubscriptionMount[] {
  const { uid, gid } = owner;
  const files = [
    ...(given ? [given] : []),
    ...(isRootless() ? [join(configHome(), 'containers/mounts.conf')] : []),
    '/etc/containers/mounts.conf',
    '/usr/share/containers/mounts.conf',
  ];
  const file = files.find((path) => existsSync(path));
  const mounts = file === undefined ? [] : mountsOf(file, runDir, uid, gid);
  if (fipsEnabled()) addFipsMounts(mounts, runDir, rootfs, uid, gid);
  return mounts;
}

function mountsOf(file: string, runDir: string, uid: number, gid: number): SubscriptionMount[] {
  const mounts: SubscriptionMount[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.trim().startsWith('/')) continue;
    const [host = '', destination = host] = line.trim().split(':');
    if (!existsSync(host)) {
      debug(`Path ${JSON.stringify(host)} from ${JSON.stringify(file)} doesn't exist, skipping`);
      continue;
    }
    const source = join(runDir, destination);
    try {
      if (!existsSync(source)) {
        mkdirSync(dirname(source), { recursive: true, mode: 0o755 });
        cpSync(realpathSync(host), source, { recursive: true, dereference: true });
        if (uid !== 0 || gid !== 0) chownTree(source, uid, gid);
      }
      mounts.push({ destination, source });
    } catch (error) {
      warn(`Failed to mount subscriptions, skipping entry in ${file}: ${(error as Error).message}`);
    }
  }
  return mounts;
}

function chownTree(path: string, uid: number, gid: number): void {
  chownSync(path, uid, gid);
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) chownTree(join(path, name), uid, gid);
}

function fipsEnabled(): boolean {
  try {
    return readFileSync('/proc/sys/crypto/fips_enabled', 'latin1').trim() === '1';
  } catch {
    return false;
  }
}

const policies = '/etc/crypto-policies/back-ends';
const fipsPolicies = '/usr/share/crypto-policies/back-ends/FIPS';

function addFipsMounts(mounts: SubscriptionMount[], runDir: string, rootfs: Rootfs, uid: number, gid: number): void {
  try {
    if (rootfs.resolve('/etc/system-fips') === '/run/secrets/system-fips') {
      const secrets = join(runDir, 'run/secrets');
      mkdirSync(secrets, { recursive: true, mode: 0o755 });
      chownSync(secrets, uid, gid);
      writeFileSync(join(secrets, 'system-fips'), '');
      if (!mounts.some(({ destination }) => destination === '/run/secrets')) mounts.push({ destination: '/run/secrets', source: secrets });
    }
    if (!rootfs.exists(fipsPolicies) || mounts.some(({ destination }) => destination === policies)) return;
    mounts.push({ destination: policies, source: rootfs.hostPath(fipsPolicies) });
    const config = '/usr/share/crypto-policies/default-fips-config';
    let source = rootfs.hostPath(config);
    if (!rootfs.exists(config)) {
      source = join(runDir, 'fips-config');
      writeFileSync(source, 'FIPS\n');
      chmodSync(source, 0o644);
    }
    mounts.push({ destination: '/etc/crypto-policies/config', source });
  } catch (error) {
    reportError(`Adding FIPS mode bind mounts to container: ${(error as Error).message}`);
  }
}
