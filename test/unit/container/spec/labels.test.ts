import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { labelsFor } from '../../../../src/container/spec/labels.ts';
import { containerContexts, fileLabel, formatContext, parseContext, relabelTree } from '../../../../src/os/selinux.ts';

const directory = mkdtempSync(join(tmpdir(), 'selkie-labels-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const contexts = {
  process: 'system_u:system_r:container_t:s0',
  file: 'system_u:object_r:container_file_t:s0',
  init_process: 'system_u:system_r:container_init_t:s0',
};
const none = new Set<string>();

test('a policy says what containers are labelled', () => {
  mkdirSync(join(directory, 'etc/selinux/strict/contexts'), { recursive: true });
  writeFileSync(join(directory, 'etc/selinux/config'), '# x\nSELINUX=enforcing\nSELINUXTYPE=strict\n');
  writeFileSync(
    join(directory, 'etc/selinux/strict/contexts/lxc_contexts'),
    '# a comment\nprocess = "system_u:system_r:container_t:s0"\nfile = "system_u:object_r:container_file_t:s0"\n;x\n',
  );
  expect(containerContexts(directory)).toEqual({ process: contexts.process, file: contexts.file });
  expect(containerContexts(join(directory, 'none'))).toEqual({});
});

test.each(['system_u:system_r:container_t:s0:c1,c2', 'a:b:c', 'u:r:t:s0-s0:c0.c1023'])('%s is taken apart and put together', (label) => {
  expect(formatContext(parseContext(label))).toBe(label);
});

describe('labels of a new container', () => {
  test('are of its own: processes and files have the same categories', () => {
    const { process, mount } = labelsFor(contexts, [], false, none);
    const [, one, other] = /^system_u:system_r:container_t:s0:c(\d+),c(\d+)$/.exec(process)!;
    expect(Number(one)).toBeLessThan(Number(other));
    expect(mount).toBe(`system_u:object_r:container_file_t:s0:c${one},c${other}`);
  });

  test('are as asked for', () => {
    expect(labelsFor(contexts, ['type:spc_t', 'level:s0:c1,c2', 'user:me', 'role:r', 'filetype:f_t'], false, none)).toEqual({
      process: 'me:r:spc_t:s0:c1,c2',
      mount: 'me:object_r:f_t:s0:c1,c2',
    });
    expect(labelsFor(contexts, ['level:s0', 'disable'], false, none)).toEqual({
      process: '',
      mount: 'system_u:object_r:container_file_t:s0:c1022,c1023',
    });
    expect(labelsFor(contexts, [], true, none).process).toContain(':container_init_t:');
    expect(labelsFor(contexts, ['type:x'], true, none).process).toContain(':x:');
    expect(labelsFor({}, ['type:x'], false, none)).toEqual({ process: '', mount: '' });
  });

  test.each([
    ['bad', `bad label option "bad", valid options 'disable' or \n'user, role, level, type, filetype' followed by ':' and a value`],
    ['bad:x', `bad label option "bad", valid options 'disable, user, role, level, type, filetype'`],
  ])('%s is no option', (option, text) => {
    expect(() => labelsFor(contexts, [option], false, none)).toThrow(text);
  });

  test('are those of nobody else', () => {
    // All pairs but those with the category 7.
    const used = new Set<string>();
    for (let one = 0; one < 1024; one++)
      for (let other = one + 1; other < 1024; other++) if (one !== 7 && other !== 7) used.add(`s0:c${one},c${other}`);
    expect(labelsFor(contexts, [], false, used).process).toMatch(/c7,|,c7$/);
  });
});

test.skipIf(process.geteuid?.() !== 0)('a tree is labelled, and nothing that its links lead to', () => {
  const tree = join(directory, 'tree');
  mkdirSync(join(tree, 'sub'), { recursive: true });
  writeFileSync(join(tree, 'sub/file'), '');
  writeFileSync(join(directory, 'outside'), '');
  symlinkSync(join(directory, 'outside'), join(tree, 'link'));
  relabelTree(tree, contexts.file);
  for (const name of ['', 'sub', 'sub/file']) expect(fileLabel(join(tree, name))).toBe(contexts.file);
  expect(fileLabel(join(directory, 'outside'))).toBeUndefined();
  relabelTree(join(tree, 'sub'), 'system_u:object_r:other_t:s0');
  relabelTree(tree, contexts.file);
  expect(fileLabel(join(tree, 'sub/file'))).toBe(contexts.file);
});
