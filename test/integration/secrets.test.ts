import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('secrets on the command line', () => {
  let scene: ContainerScene;
  let file: string;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
    file = join(scene.directory, 'value');
    writeFileSync(file, 'hidden');
    scene.lines('secret', 'create', '--label', 'a=b', 's', file);
  });
  afterAll(() => scene[Symbol.dispose]());

  it.each([
    [['--replace', '--ignore', 's', 'FILE'], 'cannot use --ignore and --replace flags together'],
    [['t', '/'], 'secret data must be larger than 0 and less than 512000 bytes'],
    [['--env', 't', 'EMPTY'], 'cannot create store secret data: environment variable EMPTY is not set'],
  ])('refuse %j', (args, message) => {
    const words = ['secret', 'create', ...args.map((word) => (word === 'FILE' ? file : word))];
    expect(scene.run('podman', words, { env: { EMPTY: '' } }).err).toBe(`Error: ${message}\n`);
  });

  it('show themselves to people without the secret, and in columns without a heading', () => {
    const pretty = scene.lines('secret', 'inspect', '--pretty', '--showsecret', '--format', '{{.ID}}', 's');
    expect(pretty.slice(1, 5)).toEqual(['Name:              s', 'Labels:', ' - a=b', 'Driver:            file']);
    expect(pretty.join('\n')).not.toContain('hidden');
    expect(scene.lines('secret', 'inspect', '--format', 'table {{.Spec.Name}}\\t{{.Spec.Driver.Name}}', 's')).toEqual(['s           file']);
  });

  it('that are variables must be there too', () => {
    expect(scene.once('--secret', 'nosuch,type=env', 'bb', 'true').err).toBe(
      'Error: running container create option: no secret with name or id "nosuch": no such secret\n',
    );
  });
});
