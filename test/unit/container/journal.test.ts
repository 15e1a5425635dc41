import { describe, expect, it } from 'vitest';
import { encodeEntry } from '../../../src/container/journal.ts';

describe('an entry for the journal', () => {
  it('has a line for each field', () => {
    expect(encodeEntry({ MESSAGE: 'hello', PRIORITY: '6' }).toString()).toBe('MESSAGE=hello\nPRIORITY=6\n');
  });

  it('announces the length of a value with line ends, so that it cannot add a field', () => {
    const entry = encodeEntry({ PODMAN_NAME: 'x\nPODMAN_EVENT=died' });
    expect(entry.toString('latin1')).toBe('PODMAN_NAME\n\x13\0\0\0\0\0\0\0x\nPODMAN_EVENT=died\n');
  });
});
