import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('--mount type=artifact', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
    for (const name of ['a', 'b']) writeFileSync(join(scene.directory, name), `text of ${name}\n`);
    scene.lines('artifact', 'add', 'one', join(scene.directory, 'a'));
    scene.lines('artifact', 'add', 'two', join(scene.directory, 'a'), join(scene.directory, 'b'));
  });
  afterAll(() => scene[Symbol.dispose]());

  const mounted = (mount: string, script: string) => scene.once('--mount', `type=artifact,${mount}`, 'bb', 'sh', '-c', script);

  it.each([
    ['several files below a directory', 'src=two,dst=/new', 'cat /new/a /new/b', 'text of a\ntext of b\n'],
    ['a single one as the path', 'src=one,dst=/file', 'cat /file', 'text of a\n'],
    ['a single one below a directory that is there', 'src=one,dst=/etc', 'cat /etc/a', 'text of a\n'],
    ['the one of a title', 'src=two,dst=/file,title=b', 'cat /file', 'text of b\n'],
    ['under a name of one’s own', 'src=two,dst=/new,name=n', 'ls /new', 'n-0\nn-1\n'],
  ])('shows %s', (_, mount, script, out) => {
    expect(mounted(mount, script)).toEqual({ code: 0, out, err: '' });
  });

  it('lets nobody write, as the store’s files go by what they hold', () => {
    expect(mounted('src=one,dst=/file', 'echo x > /file').err).toContain('Read-only file system');
    expect(mounted('src=one,dst=/file', 'cat /file').out).toBe('text of a\n');
  });

  it('says what is missing', () => {
    expect(mounted('src=none,dst=/file', 'true')).toMatchObject({ code: 126, err: 'Error: none: artifact does not exist\n' });
    expect(mounted('src=one', 'true').err).toBe('Error: must set source and destination for artifact volume\n');
  });
});
