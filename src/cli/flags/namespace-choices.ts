import { existsSync } from 'node:fs';
import type { NamespaceChoice } from '../../build/builder-state.ts';
import { SelkieError } from '../../errors.ts';

interface NamespaceFlags {
  readonly cgroupns?: string;
  readonly ipc?: string;
  readonly pid?: string;
  readonly uts?: string;
}

const names = { cgroupns: 'cgroup', ipc: 'ipc', pid: 'pid', uts: 'uts' } as const;

/** --ipc, --pid, --uts and --cgroupns as buildah keeps them. @throws SelkieError */
export function toNamespaceChoices(flags: NamespaceFlags, changed: (name: string) => boolean): NamespaceChoice[] {
  return (Object.keys(names) as (keyof typeof names)[]).filter(changed).map((flag) => choice(names[flag], flags[flag] ?? ''));
}

function choice(name: string, text: string): NamespaceChoice {
  if (['', 'container', 'private'].includes(text)) return { Name: name, Host: false, Path: '' };
  if (text === 'host') return { Name: name, Host: true, Path: '' };
  const path = text.replace(/^ns:/, '');
  if (!existsSync(path)) throw new SelkieError(`checking ${name} namespace: faccessat ${path}: no such file or directory`);
  return { Name: name, Host: false, Path: path };
}
