import { existsSync } from 'node:fs';
import type { NamespaceChoice } from '../../build/builder-state.ts';
import { NotYet, SelkieError } from '../../errors.ts';

interface NamespaceFlags {
  readonly cgroupns?: string;
  readonly ipc?: string;
  readonly pid?: string;
  readonly uts?: string;
  readonly userns?: string;
  readonly 'userns-uid-map'?: readonly string[];
  readonly 'userns-gid-map'?: readonly string[];
  readonly 'userns-uid-map-user'?: string;
  readonly 'userns-gid-map-group'?: string;
}

const names = { cgroupns: 'cgroup', ipc: 'ipc', pid: 'pid', uts: 'uts' } as const;

/** --ipc, --pid, --uts and --cgroupns as buildah keeps them. @throws SelkieError */
export function toNamespaceChoices(flags: NamespaceFlags, changed: (name: string) => boolean): NamespaceChoice[] {
  refuseUserNamespaces(flags, changed);
  return (Object.keys(names) as (keyof typeof names)[]).filter(changed).map((flag) => choice(names[flag], flags[flag] ?? ''));
}

function choice(name: string, text: string): NamespaceChoice {
  if (['', 'container', 'private'].includes(text)) return { Name: name, Host: false, Path: '' };
  if (text === 'host') return { Name: name, Host: true, Path: '' };
  const path = text.replace(/^ns:/, '');
  if (!existsSync(path)) throw new SelkieError(`checking ${name} namespace: faccessat ${path}: no such file or directory`);
  return { Name: name, Host: false, Path: path };
}

function refuseUserNamespaces(flags: NamespaceFlags, changed: (name: string) => boolean): void {
  const maps = ['userns-uid-map', 'userns-gid-map', 'userns-uid-map-user', 'userns-gid-map-group'] as const;
  const mapped = maps.find((name) => changed(name));
  if (changed('userns') && flags.userns === 'host') {
    if (mapped) throw new SelkieError("can not specify ID mappings while using host's user namespace");
    return;
  }
  if (changed('userns')) throw new NotYet(`buildah --userns=${flags.userns}`);
  if (mapped) throw new NotYet(`buildah --${mapped}`);
}
