import { existsSync, lchownSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { isRootless } from '../../config/paths.ts';
import { isMountPoint, MS_NODEV, MS_NOEXEC, MS_NOSUID, mount } from '../../os/mount.ts';
import { type Container, ownShm } from '../container.ts';
import type { ContainerEngine } from '../engine.ts';
import type { UserDatabase } from '../spec/user-lookup.ts';
import { makeMtab } from './mtab.ts';
import { writePasswdAndGroup } from './passwd.ts';
import type { Rootfs } from './rootfs.ts';
import { subscriptionMounts } from './subscriptions.ts';
import { setTimezone } from './timezone.ts';

/**
 * Writes the files that every container gets into its run directory, and returns what is to be bound where. hosts and resolv.conf
 * are made empty: their contents depend on the network, which may be set up meanwhile.
 */
export function placeRootfsFiles(
  engine: ContainerEngine,
  container: Container,
  rootfs: Rootfs,
  users: UserDatabase,
  uid: number,
  gid: number,
): Record<string, string> {
  const { config } = container;
  const binds: Record<string, string> = {};
  mountShm(container, uid, gid);
  makeMtab(rootfs, uid, gid);
  const localtime = setTimezone(container, rootfs);
  if (localtime !== undefined) binds['/etc/localtime'] = localtime;
  networkFiles(engine, container, binds, uid, gid);
  if (config.shmDir !== undefined) binds['/dev/shm'] = config.shmDir;
  if (config.passwd) {
    const { passwd, group } = writePasswdAndGroup(container, rootfs, users);
    if (passwd !== undefined) binds['/etc/passwd'] = passwd;
    if (group !== undefined) binds['/etc/group'] = group;
  }
  placeContainerEnv(engine, container, binds);
  for (const { destination, source } of subscriptionMounts(config.runDir, rootfs, { uid, gid }, engine.globals.defaultMountsFile))
    binds[destination] ??= source;
  placeSecrets(container, binds, uid, gid);
  if (!config.network.noHostname && !binds['/etc/hostname']) {
    binds['/etc/hostname'] = write(container, 'hostname', `${config.hostname}\n`);
  }
  return binds;
}

/** The container's /dev/shm: a tmpfs beside it, so that containers that share its IPC namespace can have it too. */
function mountShm({ config }: Container, uid: number, gid: number): void {
  const shm = ownShm(config);
  if (shm === undefined || isMountPoint(shm)) return;
  mkdirSync(shm, { recursive: true, mode: 0o700 });
  // The label is set for all that will be in it.
  const context = config.mountLabel === '' ? '' : `,context=${JSON.stringify(config.mountLabel)}`;
  mount('shm', shm, 'tmpfs', MS_NOEXEC | MS_NOSUID | MS_NODEV, `mode=1777,size=${config.shmSize}${context}`);
  if (uid !== 0 || gid !== 0) lchownSync(shm, uid, gid);
}

/** A container in another's network has the other's files. Without any network there is no resolver to name. */
function networkFiles(engine: ContainerEngine, container: Container, binds: Record<string, string>, uid: number, gid: number): void {
  const { config } = container;
  const { network } = config;
  const bind = (destination: string, source: string) => {
    binds[destination] = source;
    for (const directory of config.chrootDirs) binds[posix.join(directory, destination)] = source;
  };
  if (network.sharedWith !== undefined) {
    const donor = networkOwner(engine, network.sharedWith);
    const { '/etc/resolv.conf': resolvConf, '/etc/hosts': hosts } = donor?.state.bindMounts ?? {};
    if (!network.useImageResolvConf && resolvConf) bind('/etc/resolv.conf', resolvConf);
    if (!network.noHosts && hosts) bind('/etc/hosts', hosts);
    return;
  }
  const own = (name: string) => {
    const path = write(container, name, '');
    if (uid !== 0 || gid !== 0) lchownSync(path, uid, gid);
    return path;
  };
  if (network.mode !== 'none' && !network.useImageResolvConf) bind('/etc/resolv.conf', own('resolv.conf'));
  if (!network.noHosts) bind('/etc/hosts', own('hosts'));
}

/** The container whose own network it is, through any chain of sharers. */
export function networkOwner(engine: ContainerEngine, id: string): Container | undefined {
  const seen = new Set<string>();
  for (let at = engine.state.get(id); at !== undefined && !seen.has(at.id); ) {
    seen.add(at.id);
    const next: string | undefined = at.config.network.sharedWith;
    if (next === undefined) return at;
    at = engine.state.get(next);
  }
  return undefined;
}

function placeContainerEnv(engine: ContainerEngine, container: Container, binds: Record<string, string>): void {
  const { config } = container;
  const path = '/run/.containerenv';
  const mounts = config.spec.mounts ?? [];
  if (mounts.some(({ destination, type }) => destination === path || (destination === '/run' && type !== 'tmpfs'))) return;
  const graphRoot = mounts.some(({ type, source }) => type === 'bind' && source?.startsWith(engine.paths.graphRoot));
  let text = graphRoot ? 'graphRootMounted=1' : '';
  if (config.privileged) {
    const quoted = (value: string) => JSON.stringify(value);
    text = `engine="podman-5.8.6"
name=${quoted(config.name)}
id=${quoted(config.id)}
image=${quoted(config.image.name)}
imageid=${quoted(config.image.id)}
rootless=${isRootless() ? 1 : 0}
${text}`;
  }
  binds[path] = write(container, '.containerenv', text);
}

function placeSecrets({ config }: Container, binds: Record<string, string>, uid: number, gid: number): void {
  if (config.secrets.length === 0) return;
  const directory = join(config.runDir, 'run/secrets');
  if (!existsSync(directory)) {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    lchownSync(directory, uid, gid);
    binds['/run/secrets'] = directory;
  } else binds['/run/secrets'] ??= directory;
  for (const { name, target } of config.secrets) {
    const destination = target === '' ? `/run/secrets/${name}` : target.startsWith('/') ? target : posix.join('/run/secrets', target);
    binds[destination] = join(config.staticDir, 'secrets', basename(name));
  }
}

function write({ config }: Container, name: string, text: string): string {
  const path = join(config.runDir, name);
  writeFileSync(path, text, { mode: 0o644 });
  return path;
}
