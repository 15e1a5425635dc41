import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OsError } from './libc.ts';
import { getXattr, setXattr } from './xattr.ts';

/** A security context: `user:role:type:level`, the level with its categories. */
export interface SelinuxContext {
  user: string;
  role: string;
  type: string;
  level: string;
}

export function parseContext(label: string): SelinuxContext {
  const [user = '', role = '', type = '', ...level] = label.split(':');
  return { user, role, type, level: level.join(':') };
}

export const formatContext = ({ user, role, type, level }: SelinuxContext): string =>
  [user, role, type, ...(level === '' ? [] : [level])].join(':');

/** Whether the kernel labels processes and files and a policy is loaded. */
export const isSelinuxEnabled = (): boolean => existsSync('/sys/fs/selinux/enforce');

/** Labels of containers by their purpose, as the policy has them (lxc_contexts): `process`, `file`, `init_process` … */
export function containerContexts(root = '/'): Record<string, string> {
  const type = /^\s*SELINUXTYPE\s*=\s*(\S+)/m.exec(readOr(join(root, 'etc/selinux/config')))?.[1] ?? 'targeted';
  const text =
    readOr(join(root, 'usr/share/containers/selinux/contexts')) || readOr(join(root, 'etc/selinux', type, 'contexts/lxc_contexts'));
  const found: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^\s*([^;#=\s]+)\s*=\s*"?([^"]*)"?\s*$/.exec(line);
    if (match) found[match[1]!] = match[2]!.trim();
  }
  return found;
}

const ATTRIBUTE = 'security.selinux';

/** The label of a file itself; undefined where there is none. */
export const fileLabel = (path: string): string | undefined => {
  const value = getXattr(path, ATTRIBUTE);
  return value && Buffer.from(value).toString().replace(/\0$/, '');
};

const ENOTSUP = 95;

/**
 * Labels a file, and all below a directory where it has another label than that; links themselves, never what they lead to. Where the
 * top has the label already only what differs is written. A file system without labels is left alone.  @throws OsError
 */
export function relabelTree(path: string, label: string): void {
  const value = Buffer.from(`${label}\0`);
  const isLabelled = fileLabel(path) === label;
  const visit = (at: string): void => {
    try {
      if (lstatSync(at).isDirectory()) for (const name of readdirSync(at)) visit(join(at, name));
      if (!isLabelled || fileLabel(at) !== label) setXattr(at, ATTRIBUTE, value);
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isGone && !(error instanceof OsError && error.errno === ENOTSUP)) throw error;
    }
  };
  visit(path);
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
