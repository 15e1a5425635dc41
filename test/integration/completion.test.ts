import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('completion of what the store holds', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
    scene.lines('create', '--name', 'loner', '--net=none', 'bb');
    scene.lines('pod', 'create', '--name', 'flock', '--network=none');
    scene.lines('create', '--name', 'member', '--pod', 'flock', 'bb');
    scene.lines('volume', 'create', 'store');
  });
  afterAll(() => {
    scene.podman('pod', 'rm', '-fa', '-t', '0');
    scene[Symbol.dispose]();
  });

  /** Candidates, sorted, and the directive. */
  const answer = (...line: string[]): string[] => scene.lines('__complete', ...line).sort();

  it.each<[line: string[], expected: string[]]>([
    [
      ['start', 'l'],
      [':4', 'loner'],
    ],
    [
      ['start', 'm'],
      [':4', 'member\tflock'],
    ],
    [['pod', 'stop', ''], [':4']],
    [
      ['pod', 'rm', ''],
      [':4', 'flock'],
    ],
    [
      ['rmi', ''],
      [':4', 'localhost/bb:latest'],
    ],
    [
      ['run', '--pid', 'container:lo'],
      [':4', 'container:loner'],
    ],
    [
      ['run', '--volume', 's'],
      [':2', 'store'],
    ],
    [['run', '--volume', '/'], [':2']],
    [
      ['commit', '--format', ''],
      [':4', 'docker', 'oci'],
    ],
  ])('%o', (line, expected) => expect(answer(...line)).toEqual(expected));

  it('offers the infra container of a pod', () => {
    const id = scene.lines('pod', 'inspect', '--format', '{{.Id}}', 'flock')[0]!;
    expect(answer('rm', '')).toContain(`${id.slice(0, 12)}-infra\tflock`);
  });

  it.each<[line: string[], expected: string[]]>([
    [
      ['cp', 'loner:/et'],
      [':2', 'loner:/etc/'],
    ],
    [
      ['cp', 'loner:/etc/pas'],
      [':2', 'loner:/etc/passwd'],
    ],
    [['cp', 'nobody:/et'], [':0']],
    [['cp', './'], [':0']],
    [
      ['run', 'bb', '/da'],
      ['/data/', ':2'],
    ],
    [
      ['run', 'bb', 'sh', '/data/'],
      ['/data/file', ':0'],
    ],
    [
      ['run', 'bb', '../../et'],
      ['../../etc/', ':2'],
    ],
    [['run', 'nothing', '/da'], [':0']],
  ])('paths: %o', (line, expected) => expect(answer(...line)).toEqual(expected));
});
