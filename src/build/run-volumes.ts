import { existsSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OciMount } from '../container/oci-spec.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { relabelSource } from '../container/spec/labels.ts';
import { UserDatabase } from '../container/spec/user-lookup.ts';
import { SelkieError } from '../errors.ts';
import type { OciImageConfig } from '../image/image-config.ts';
import { overlayBind } from './overlay-bind.ts';
import type { BuildRoot } from './working-container.ts';

const known = 'rw ro z Z O U private rprivate slave rslave shared rshared nodev dev noexec exec nosuid suid bind rbind copy nocopy'.split(
  ' ',
);
const propagations = ['private', 'rprivate', 'slave', 'rslave', 'shared', 'rshared'];

/** `--volume SOURCE:DESTINATION[:OPTIONS]`: directories of the machine that commands see. @throws SelkieError */
export function transientMounts(texts: readonly string[], container: BuildRoot, bundle: string, user: string): OciMount[] {
  return texts.map((text) => {
    const { source, destination, options } = parseVolume(text);
    const has = (option: string): boolean => options.includes(option);
    if (has('U')) giveTo(source, container, user);
    if (has('O')) return overlayBind(source, destination, bundle);
    if (container.labels?.mount && (has('z') || has('Z'))) relabelSource(source, container.labels.mount, has('z'));
    const kept = options.filter((option) => !['z', 'Z', 'U', 'copy', 'nocopy'].includes(option));
    const access = has('ro') || has('rw') ? [] : ['rw'];
    const propagation = kept.some((option) => propagations.includes(option)) ? [] : ['private'];
    return { destination, type: 'bind', source, options: [...kept, ...access, ...propagation, 'rbind'] };
  });
}

/** @throws SelkieError */
export function parseVolume(text: string): { source: string; destination: string; options: string[] } {
  const parts = text.split(':');
  const [source = '', destination = source, options = ''] = parts;
  if (parts.length > 3 || parts.length < 2)
    throw new SelkieError(`incorrect volume format ${JSON.stringify(text)}, should be host-dir:ctr-dir[:option]`);
  if (!source.startsWith('/')) throw new SelkieError(`invalid host path, must be an absolute path ${JSON.stringify(source)}`);
  if (!existsSync(source)) throw new SelkieError(`statfs ${source}: no such file or directory`);
  if (!destination.startsWith('/'))
    throw new SelkieError(`invalid container path, must be an absolute path ${JSON.stringify(destination)}`);
  const given = options === '' ? [] : options.split(',');
  const wrong = given.find((option) => !known.includes(option) && !/^(upperdir|workdir)=/.test(option));
  if (wrong !== undefined) throw new SelkieError(`invalid mount option ${JSON.stringify(wrong)}: ${text}`);
  return { source, destination, options: given };
}

function giveTo(path: string, container: BuildRoot, userText: string): void {
  using root = new Rootfs(container.root, container.idMaps);
  const { uid, gid } = root.hostOwner(new UserDatabase(root).find(userText));
  const give = (at: string): void => {
    lchownSync(at, uid, gid);
    if (lstatSync(at).isDirectory()) for (const name of readdirSync(at)) give(join(at, name));
  };
  give(path);
}

/**
 * The image's own volumes, whose directories there must be. @param restore what a command changes in them is forgotten, as the first
 * docker had it
 */
export function volumeMounts(container: BuildRoot, config: OciImageConfig, restore: boolean, bundle: string): OciMount[] {
  const volumes = Object.keys(config.Volumes ?? {});
  if (volumes.length === 0) return [];
  using root = new Rootfs(container.root, container.idMaps);
  return volumes.flatMap((path) => {
    root.makeDirectory(path, 0o755, 0, 0);
    return restore ? [overlayBind(root.hostPath(path), path, bundle)] : [];
  });
}
