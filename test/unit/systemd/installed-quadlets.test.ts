import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fetchUnit } from '../../../src/systemd/quadlet/fetch-unit.ts';
import { findQuadlet, installQuadlets, listQuadlets, type QuadletPlaces, removeQuadlets } from '../../../src/systemd/quadlet/installed.ts';
import type { ServiceManager } from '../../../src/systemd/service-manager.ts';

let directory: string;
let places: QuadletPlaces;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-quadlets-'));
  places = { directories: [join(directory, 'units')], install: join(directory, 'units') };
});
afterEach(() => rmSync(directory, { recursive: true }));

/** systemd cannot run here: one that knows these services. */
function manager(...active: string[]): ServiceManager & { stopped: string[] } {
  const stopped: string[] = [];
  return {
    stopped,
    restart: async () => {},
    reload: async () => {},
    stop: async (unit) => void stopped.push(unit),
    states: async (units) =>
      new Map(
        units.map((unit) => [
          unit,
          { load: active.includes(unit) ? 'loaded' : 'not-found', active: active.includes(unit) ? 'active' : 'inactive', sub: 'running' },
        ]),
      ),
  };
}

function source(name: string, text: string): string {
  const path = join(directory, 'source', name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const container = '[Container]\nImage=localhost/x\n';
const install = (paths: string[], replace = false) => installQuadlets(places, paths, replace, fetchUnit);
const installed = () => readdirSync(places.install).sort();

it('a unit is installed once, found, listed and removed', async () => {
  const path = source('a.container', container);
  expect(await install([path])).toMatchObject({ installed: new Map([[path, join(places.install, 'a.container')]]), errors: new Map() });
  expect((await install([path])).errors.get(path)).toBe('a Quadlet with name a.container already exists, refusing to overwrite');
  expect((await install([path], true)).errors.size).toBe(0);
  expect(readFileSync(findQuadlet(places, 'a.container'), 'utf8')).toBe(container);
  expect(await listQuadlets(places, manager('a.service'))).toMatchObject([
    { name: 'a.container', unit: 'a.service', status: 'active/running', app: '' },
  ]);
  expect(await removeQuadlets(places, ['a.container'], { all: false, force: false, ignore: false }, manager())).toMatchObject({
    removed: ['a.container'],
  });
  expect(installed()).toEqual([]);
});

it('what runs is removed by force only', async () => {
  await install([source('a.container', container)]);
  const systemd = manager('a.service');
  const refused = await removeQuadlets(places, ['a.container'], { all: false, force: false, ignore: false }, systemd);
  expect(refused.errors.get('a.container')).toContain('is running and force is not set');
  await removeQuadlets(places, ['a.container'], { all: false, force: true, ignore: false }, systemd);
  expect([systemd.stopped, installed()]).toEqual([['a.service'], []]);
});

it('a directory is one app: it is removed as a whole', async () => {
  source('app/a.container', container);
  source('app/b.volume', '[Volume]\n');
  source('app/settings.conf', 'x\n');
  await install([join(directory, 'source/app')]);
  expect(installed()).toEqual(['.app.app', 'a.container', 'b.volume', 'settings.conf']);
  expect((await listQuadlets(places, manager()))[0]).toMatchObject({ status: 'Not loaded', app: '.app.app' });
  await removeQuadlets(places, ['a.container'], { all: false, force: false, ignore: false }, manager());
  expect(installed()).toEqual([]);
});

it('files after a unit go with it', async () => {
  await install([source('a.container', container), source('env', 'A=1\n')]);
  expect(installed()).toEqual(['.a.container.asset', 'a.container', 'env']);
  await removeQuadlets(places, ['a.container'], { all: false, force: false, ignore: false }, manager());
  expect(installed()).toEqual([]);
});

it('a .quadlets file holds several', async () => {
  const path = source('web.quadlets', `# FileName=web\n${container}---\n# FileName=data\n[Volume]\n`);
  expect([...(await install([path])).installed.values()]).toEqual(
    ['web.container', 'data.volume'].map((name) => join(places.install, name)),
  );
  expect(installed()).toEqual(['.web.app', 'data.volume', 'web.container']);
});

it.each([
  ['# FileName=../../x\n[Container]\n', "section 1: FileName '../../x' cannot contain path separators"],
  ['[Container]\n', "section 1: missing required '# FileName=<name>' comment at the beginning of quadlet section"],
  ['# FileName=x\n[Unit]\n', expect.stringMatching(/^unable to detect quadlet type in section 1/)],
])('%j is no .quadlets file', async (text, reason) => {
  const path = source('x.quadlets', text);
  expect((await install([path])).errors.get(path)).toEqual(reason);
});

it('a server cannot choose another directory', async () => {
  using server = Bun.serve({
    port: 0,
    fetch: () => new Response(container, { headers: { 'content-disposition': 'attachment; filename="../../../evil.container"' } }),
  });
  const url = `http://127.0.0.1:${server.port}/x.container`;
  expect([...(await install([url])).installed.values()]).toEqual([join(places.install, 'evil.container')]);
  expect(existsSync(join(directory, '../evil.container'))).toBe(false);
});

it.each([
  ['x', '"" is not a supported quadlet file type'],
  ['x.container', 'could not locate quadlet "x.container" in any supported quadlet directory: no such quadlet'],
])('%s is not found', (name, reason) => expect(() => findQuadlet(places, name)).toThrow(reason));
