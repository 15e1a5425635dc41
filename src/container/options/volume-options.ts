import { posix } from 'node:path';
import { InvalidOption } from '../create-errors.ts';

interface Group {
  members: string[];
  text: string;
}

const exclusive: Group[] = [
  { members: ['noexec', 'exec'], text: "can only specify 1 'noexec' or 'exec' option" },
  { members: ['nodev', 'dev'], text: "can only specify 1 'nodev' or 'dev' option" },
  { members: ['nosuid', 'suid'], text: "can only specify 1 'nosuid' or 'suid' option" },
  { members: ['rw', 'ro'], text: "can only specify 1 'rw' or 'ro' option" },
  { members: ['z', 'Z', 'O'], text: "can only specify 1 'z', 'Z', or 'O' option" },
  { members: ['U'], text: "can only specify 1 'U' option" },
  {
    members: ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable'],
    text: "can only specify 1 '[r]shared', '[r]private', '[r]slave' or '[r]unbindable' option",
  },
  { members: ['bind', 'rbind'], text: "can only specify 1 '[r]bind' option" },
  { members: ['copy', 'nocopy'], text: "can only specify 1 'copy' or 'nocopy' option" },
  { members: ['no-dereference'], text: "can only specify 1 'no-dereference' option" },
];

/** The options behind the second colon of `-v`, checked; those that only macOS knows are dropped. */
export function validateVolumeOptions(options: string[]): string[] {
  const seen = new Set<string>();
  const once = (key: string, text: string) => {
    if (seen.has(key)) throw new InvalidOption(`invalid options ${JSON.stringify(options.join(', '))}, ${text}`);
    seen.add(key);
  };
  const kept: string[] = [];
  for (const option of options) {
    if (option.includes('upperdir')) once('upperdir', 'can only specify 1 upperdir per overlay');
    else if (option.includes('workdir')) once('workdir', 'can only specify 1 workdir per overlay');
    else if (option === 'cached' || option === 'delegated') continue;
    else if (!option.startsWith('idmap') && option !== 'nocreate') {
      const group = exclusive.find((candidate) => candidate.members.includes(option));
      if (!group) throw new InvalidOption(`invalid option type ${JSON.stringify(option)}`);
      once(group.text, group.text);
    }
    kept.push(option);
  }
  return kept;
}

/** A place in the container: absolute and not empty. */
export function validateContainerPath(path: string): void {
  if (path === '') throw new InvalidOption('container directory cannot be empty');
  if (!path.startsWith('/')) throw new InvalidOption(`invalid container path ${JSON.stringify(path)}, must be an absolute path`);
}

/** Go's `path.Clean`: no trailing slash, no `.`, no `..` that can be resolved. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
