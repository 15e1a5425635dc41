import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Outcome, outcome, Scene } from '../integration/image-fixture.ts';

const real = process.env['REAL_PODMAN'] ?? 'podman';
const isThere = spawnSync(real, ['--version']).status === 0;

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

/** The real podman on the scene's store. */
function theirs(...args: string[]): Outcome {
  return outcome(real, ['--root', scene.root, '--runroot', scene.runroot, ...args], {
    ...process.env,
    PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
  });
}

/** Seconds pass between the two calls. */
// A second more between the two calls may also make a column wider.
const ageless = (text: string): string => text.replaceAll(/\d+ seconds? ago|Less than a second ago/g, 'just now').replace(/ {2,}/g, '  ');

const same = (...args: string[]): void => {
  const [ours, other] = [scene.podman(...args), theirs(...args)];
  expect({ out: ageless(ours.out), code: ours.code }).toEqual({ out: ageless(other.out), code: other.code });
};

/** Versions of podman differ in the media type that they show for a list. */
const sameInstances = (list: string): void => {
  const [ours, other] = [scene.podman('manifest', 'inspect', list), theirs('manifest', 'inspect', list)].map(
    ({ out }) => JSON.parse(out).manifests,
  );
  expect(ours).toEqual(other);
};

describe.skipIf(!isThere)('the real podman on the same store', () => {
  it('lists, inspects and tells the history of our images as we do', () => {
    scene.image('one', 'CMD ["/x"]', 'ENV A=b', 'LABEL k=v', 'USER me', 'EXPOSE 80');
    scene.lines('tag', 'one', 'quay.io/team/two:2');
    same('images', '--no-trunc', '--digests');
    expect(JSON.parse(scene.podman('images', '--format', 'json').out)).toEqual(JSON.parse(theirs('images', '--format', 'json').out));
    same('images', '--filter', 'label=k=v', '-q');
    same('history', '--format', '{{.ID}} {{.CreatedBy}} {{.Comment}}', 'one');
    same('image', 'exists', 'one');
    same('image', 'tree', 'one');
    const [ours, other] = [scene.podman('image', 'inspect', 'one'), theirs('image', 'inspect', 'one')].map(({ out }) => JSON.parse(out)[0]);
    expect(ours).toEqual(other);
  });

  it('takes names and images away that we see gone, and the other way round', () => {
    const id = scene.image('one');
    expect(theirs('tag', 'one', 'two').code).toBe(0);
    expect(scene.lines('rmi', 'one')).toEqual(['Untagged: localhost/one:latest']);
    expect(theirs('rmi', 'two').out).toBe(`Untagged: localhost/two:latest\nDeleted: ${id}\n`);
    expect(scene.lines('images', '-aq')).toEqual([]);
  });

  it.each(['docker-archive', 'oci-archive'])('loads our %s, and we theirs', (format) => {
    scene.image('one', 'CMD ["/x"]');
    const [ours, other] = [join(scene.directory, 'ours.tar'), join(scene.directory, 'theirs.tar')];
    scene.lines('save', '-q', '--format', format, '-o', ours, 'one');
    expect(theirs('save', '-q', '--format', format, '-o', other, 'one').code).toBe(0);
    scene.lines('rmi', 'one');
    expect(theirs('load', '-q', '-i', ours)).toMatchObject({ code: 0, out: expect.stringContaining('localhost/one:latest') });
    scene.lines('rmi', 'one');
    expect(scene.lines('load', '-q', '-i', other)).toEqual(['Loaded image: localhost/one:latest']);
    same('images', '--no-trunc');
  });

  it('reads our manifest lists, and we theirs', () => {
    scene.image('one');
    scene.lines('manifest', 'create', 'ours');
    const place = `containers-storage:[overlay@${scene.root}+${scene.runroot}]localhost/one:latest`;
    scene.lines('manifest', 'add', 'ours', place);
    sameInstances('ours');
    expect(theirs('manifest', 'create', 'theirs').code).toBe(0);
    expect(theirs('manifest', 'add', 'theirs', place).code).toBe(0);
    sameInstances('theirs');
    same('images', '--filter', 'manifest=true', '-q');
  });
});
