import { describe, expect, it } from 'vitest';
import { type OciRuntime, runtimeError } from '../../../src/container/runtime.ts';

const crun: OciRuntime = { name: 'crun', path: '/usr/bin/crun', flags: [], supportsJson: true, supportsNoCgroups: true };

describe('runtimeError', () => {
  it.each([
    [
      'executable file `x` not found in $PATH: No such file or directory',
      127,
      'OCI runtime attempted to invoke a command that was not found',
    ],
    ['open executable: Permission denied', 126, 'OCI permission denied'],
    ['mount `a`: Operation not permitted, no such file or directory', 126, 'OCI permission denied'],
  ])('%s', (said, exitCode, sentinel) => {
    const error = runtimeError(crun, said);
    expect(error.exitCode).toBe(exitCode);
    expect(error.message).toBe(`crun: ${said.trim()}: ${sentinel}`);
  });

  it('puts what it cannot explain behind the sentinel', () => {
    expect(runtimeError(crun, 'something else\n')).toMatchObject({ exitCode: 126, message: 'OCI runtime error: crun: something else' });
  });

  it('names only the line that says why', () => {
    expect(runtimeError(crun, 'first\nstat /x: no such file or directory\nlast').message).toMatch(
      /^crun: stat \/x: no such file or directory: /,
    );
  });
});
