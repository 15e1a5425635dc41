import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apparmorProfile } from '../../../../src/container/spec/apparmor.ts';
import { defaultProfile } from '../../../../src/container/spec/apparmor-profile.ts';

const isEnabled = existsSync('/sys/kernel/security/apparmor/profiles');
const parser = Bun.which('apparmor_parser', { PATH: `${process.env['PATH']}:/sbin:/usr/sbin` });

test('the default profile keeps processes from the settings of the host, not from each other', () => {
  const text = defaultProfile('containers-default-1');
  expect(text).toContain('profile containers-default-1 flags=(attach_disconnected,mediate_deleted) {');
  expect(text).toContain('ptrace (trace,read,tracedby,readby) peer=containers-default-1,');
  for (const path of ['sysrq-trigger', '/sys/firmware/', '/sys/kernel/security/']) expect(text).toMatch(new RegExp(`deny .*${path}`));
  expect(text.split('{').length).toBe(text.split('}').length);
});

test.skipIf(parser === null)('the parser of profiles takes it', () => {
  expect(spawnSync(parser!, ['-QK'], { input: defaultProfile('containers-default-test') }).status).toBe(0);
});

test.skipIf(isEnabled)('where AppArmor is off only what says so is taken', () => {
  expect(apparmorProfile(undefined, 'containers-default-1', false)).toBeUndefined();
  expect(apparmorProfile('unconfined', '', false)).toBeUndefined();
  expect(() => apparmorProfile('mine', '', false)).toThrow('apparmor profile "mine" specified, but Apparmor is not enabled on this system');
});
