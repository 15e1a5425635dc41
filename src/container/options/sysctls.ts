import { InvalidOption } from '../create-errors.ts';

const allowed = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
]);

/** `--sysctl KEY=VALUE`: only keys that belong to a namespace. */
export function parseSysctls(values: string[]): Record<string, string> {
  const sysctls: Record<string, string> = {};
  for (const value of values) {
    const [key = '', text] = value.split('=');
    if (text === undefined) throw new InvalidOption(`${value} is invalid, sysctl values must be in the form of KEY=VALUE`);
    if (`${key.trim()}=${text.trim()}` !== value) throw new InvalidOption(`'${value}' is invalid, extra spaces found`);
    if (!allowed.has(key) && !key.startsWith('net.') && !key.startsWith('fs.mqueue.'))
      throw new InvalidOption(`sysctl '${key}' is not allowed`);
    sysctls[key] = text;
  }
  return sysctls;
}
