import { describe, expect, it } from 'vitest';
import { ImageEngine } from '../../../src/image/image-engine.ts';
import type { ImageEvent } from '../../../src/image/image-events.ts';
import { removeExitCode } from '../../../src/image/remove.ts';
import { hex, memoryStore } from './memory-store.ts';

const step = (name: string) => ({ created: '2026-01-01T00:00:00Z', created_by: name });
const config = (layers: string[], history: string[], extra = {}) => ({
  rootfs: { type: 'layers', diff_ids: layers },
  history: history.map(step),
  ...extra,
});

/** base ← intermediate (no name) ← app; a dangling image beside; one image of nothing. */
function fixture(users: [string, string][] = []) {
  const store = memoryStore(
    [
      { id: hex('a0'), names: ['localhost/base:1'], layer: 'l1', created: '2026-01-01T00:00:01Z', config: config(['l1'], ['base']) },
      { id: hex('a1'), layer: 'l2', created: '2026-01-01T00:00:02Z', config: config(['l1', 'l2'], ['base', 'step']) },
      {
        id: hex('a2'),
        names: ['localhost/app:2', 'quay.io/me/app:latest'],
        layer: 'l2',
        created: '2026-01-01T00:00:03.000000001Z',
        config: config(['l1', 'l2'], ['base', 'step', 'more'], { config: { Labels: { one: '1', 'a.b/c': 'x' } } }),
      },
      { id: hex('d0'), layer: 'l3', created: '2026-01-01T00:00:04Z', config: config(['l3'], ['alone']) },
      { id: hex('f0'), names: ['localhost/read:1'], layer: 'l1', readOnly: true, created: '2026-01-01T00:00:05Z' },
    ],
    [
      { id: 'l1', size: 100 },
      { id: 'l2', parent: 'l1', size: 20 },
      { id: 'l3', size: 3 },
    ],
    users,
  );
  const events: ImageEvent[] = [];
  return { images: new ImageEngine(store, { onEvent: (event) => events.push(event) }), events };
}

const short = (images: { id: string }[]): string[] => images.map(({ id }) => id.slice(0, 2));

describe('list', () => {
  it.each([
    [[], ['a0', 'a1', 'a2', 'd0', 'f0']],
    [['dangling=true'], ['d0']],
    [['dangling=false'], ['a0', 'a1', 'a2', 'f0']],
    [['intermediate=true'], ['a1']],
    [['id=a'], ['a0', 'a1', 'a2']],
    [['id!=a'], ['d0', 'f0']],
    [['label=one'], ['a2']],
    [['label=one=1'], ['a2']],
    [['label=one=2'], []],
    [['label=a.*'], ['a2']],
    [['label!=one'], ['a0', 'a1', 'd0', 'f0']],
    [['since=base:1'], ['a1', 'a2', 'd0', 'f0']],
    [['before=app:2'], ['a0', 'a1']],
    [['readonly=true'], ['f0']],
    [['reference=app'], ['a2']],
    [['reference=*/app'], ['a2']],
    [
      ['reference=app*', 'reference=base'],
      ['a0', 'a2'],
    ],
    [['reference!=app*'], ['a0', 'a1', 'd0', 'f0']],
    [['until=2026-01-01T00:00:03Z'], ['a0', 'a1']],
    [['containers=true'], []],
    [['manifest=true'], []],
  ])('%j', (filters, expected) => {
    expect(short(fixture().images.list({ filters }))).toEqual(expected);
  });

  it('hides intermediate images', () => {
    expect(short(fixture().images.list({ all: false }))).toEqual(['a0', 'a2', 'd0', 'f0']);
  });

  it('shows just the name that was asked for in full', () => {
    expect(fixture().images.list({ filters: ['reference=quay.io/me/app:latest'] })[0]!.names).toEqual(['quay.io/me/app:latest']);
  });

  it.each([
    ['bogus', 'invalid image filter "bogus": must be in the format "filter=value or filter!=value"'],
    ['bogus=1', 'invalid image filter "bogus": must be in the format "filter=value or filter!=value"'],
    ['dangling=x', 'non-boolean value "dangling" for x filter: strconv.ParseBool: parsing "x": invalid syntax'],
    ['since=nosuch', 'could not find local image for filter "since"="nosuch": nosuch: image not known'],
    ['digest=5', 'invalid value "5" for digest filter'],
    ['containers=x', 'unsupported value "x" for containers filter'],
  ])('refuses %s', (filter, text) => {
    expect(() => fixture().images.list({ filters: [filter] })).toThrow(text);
  });
});

describe('LocalImage', () => {
  it('counts each layer once, and the documents', () => {
    const { images } = fixture();
    const app = images.lookup('app:2');
    expect(app.size()).toBe(120 + Object.values(app.record.bigDataSizes).reduce((sum, bytes) => sum + bytes, 0));
    expect(app.config().Labels).toEqual({ one: '1', 'a.b/c': 'x' });
    expect(images.inspect(app, { parent: true }).Parent).toBe(hex('a1'));
  });
});

describe('history', () => {
  it('names the images that end at each step', () => {
    const { images } = fixture();
    const entries = images.history(images.lookup('base:1'));
    expect(entries.map(({ id, createdBy, size }) => [id.slice(0, 2), createdBy, size])).toEqual([['a0', 'base', 100]]);
  });
});

describe('tag', () => {
  it('moves a name and says so', () => {
    const { images, events } = fixture();
    images.tag(images.lookup('base:1'), ['app:2']);
    expect(images.lookup('app:2').id).toBe(hex('a0'));
    expect(images.lookup('quay.io/me/app').id).toBe(hex('a2'));
    expect(events.map(({ type, name }) => [type, name])).toEqual([['tag', 'app:2']]);
  });

  it('takes names away', () => {
    const { images } = fixture();
    expect(() => images.untag(images.lookup('app:2'), ['base'])).toThrow('localhost/base:latest: tag not known');
    images.untag(images.lookup('app:2'));
    expect(images.lookup(hex('a2')).names).toEqual([]);
  });
});

describe('remove', () => {
  it('only untags an image that has further names', async () => {
    const { images } = fixture();
    const { reports } = await images.remove(['app:2']);
    expect(reports).toEqual([{ id: hex('a2'), removed: false, size: 0, untagged: ['localhost/app:2'] }]);
  });

  it('takes dangling parents along', async () => {
    const { images } = fixture();
    const { reports, errors } = await images.remove(['app:2', 'quay.io/me/app']);
    expect(errors).toEqual([]);
    expect(reports.map(({ id, removed, untagged }) => [id.slice(0, 2), removed, untagged])).toEqual([
      ['a2', true, ['localhost/app:2', 'quay.io/me/app:latest']],
      ['a1', true, []],
    ]);
    expect(images.exists('base:1')).toBe(true);
  });

  it('refuses an id with several names, and what is read-only', async () => {
    const { images } = fixture();
    const { errors } = await images.remove([hex('a2'), 'read:1']);
    expect(errors.map(({ message }) => message)).toEqual([
      `unable to delete image "${hex('a2')}" by ID with more than one tag ([localhost/app:2 quay.io/me/app:latest]): please force removal`,
      `cannot remove read-only image "${hex('f0')}"`,
    ]);
    expect(removeExitCode(errors)).toBe(125);
  });

  it('refuses an image in use, and removes its containers by force', async () => {
    const { images } = fixture([['c1', hex('d0')]]);
    const refused = await images.remove(['d0']);
    expect(refused.errors[0]!.message).toBe(
      'image used by c1: image is in use by a container: consider listing external containers and force-removing image',
    );
    expect(removeExitCode(refused.errors)).toBe(2);
    const forced = await images.remove(['d0'], { force: true });
    expect(forced).toMatchObject({ errors: [], reports: [{ removed: true }] });
  });

  it('names what it does not know', async () => {
    const { images } = fixture();
    const { errors } = await images.remove(['nosuch', 'base:1']);
    expect(errors.map(({ message }) => message)).toEqual(['nosuch: image not known']);
    expect(removeExitCode(errors)).toBe(1);
    expect((await images.remove(['nosuch'], { ignore: true })).errors).toEqual([]);
  });
});

describe('prune', () => {
  it('removes what dangles', async () => {
    const { images } = fixture();
    expect(short(await images.prune())).toEqual(['d0']);
  });

  it('removes all that no container uses', async () => {
    const { images } = fixture([['c1', hex('a0')]]);
    expect(short(await images.prune({ all: true })).sort()).toEqual(['a1', 'a2', 'd0']);
  });
});

describe('tree', () => {
  it('draws layers and branches', () => {
    const { images } = fixture();
    expect(images.tree(images.lookup('app:2')).split('\n').slice(3)).toEqual([
      'Image Layers',
      '├── ID: l1 Size:    100B Top Layer of: [localhost/base:1 localhost/read:1]',
      '└── ID: l2 Size:     20B Top Layer of: [localhost/app:2 quay.io/me/app:latest]',
      '',
    ]);
  });
});
