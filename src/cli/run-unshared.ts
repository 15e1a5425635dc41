import { SelkieError } from '../errors.ts';
import { findInPath } from '../os/executables.ts';

/** Runs a program of the user's in our namespaces, with our terminal. @returns its exit code, 128+n for signal n */
export function runUnshared(command: readonly string[], environment: Record<string, string>): number {
  const [program = ''] = command;
  if (!program.includes('/') && findInPath(program) === undefined) {
    throw new SelkieError(`exec: "${program}": executable file not found in $PATH`, { exitCode: 127 });
  }
  const env = { ...process.env, ...environment, _CONTAINERS_USERNS_CONFIGURED: 'done' };
  let result: ReturnType<typeof Bun.spawnSync>;
  try {
    result = Bun.spawnSync([...command], { env, stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' });
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === 'EACCES';
    throw new SelkieError(`fork/exec ${program}: ${denied ? 'permission denied' : 'no such file or directory'}`, {
      exitCode: denied ? 126 : 127,
      cause: error,
    });
  }
  if (result.signalCode == null) return result.exitCode;
  const { constants } = require('node:os') as typeof import('node:os');
  return 128 + (constants.signals[result.signalCode as NodeJS.Signals] ?? 0);
}
