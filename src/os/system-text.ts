import { errnoText } from './libc.ts';

/** What a failed system call says in the words of the field's tools, `open /x: no such file or directory`; of any other error its message. */
export function systemText(error: Error): string {
  const { syscall, path, code } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error.message;
  return `${syscall}${path === undefined ? '' : ` ${path}`}: ${errnoText(code)}`;
}
