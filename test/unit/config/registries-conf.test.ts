import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRegistriesConf, pullSources, RegistriesConfError, RegistryBlocked } from '../../../src/config/registries-conf.ts';

const directory = mkdtempSync(join(tmpdir(), 'selkie-registries-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let files = 0;
function load(text: string) {
  const path = join(directory, `${files++}.conf`);
  writeFileSync(path, text);
  return loadRegistriesConf({ path, directory: join(directory, 'none') });
}
const from = (text: string, reference: string): string[] => pullSources(load(text), reference).map((place) => place.reference);

// What podman 5.8.6 does with the same files.
describe('registries.conf', () => {
  const wild = '[[registry]]\nprefix = "*.example.com"\nlocation = "near.example.org/mirror"\n';

  it.each([
    ['[[registry]]\nprefix = "far.io/team"\nlocation = "near.io/other"\n', 'far.io/team/app:1', ['near.io/other/app:1']],
    ['[[registry]]\nprefix = "far.io/team"\nlocation = "near.io/other"\n', 'far.io/teams/app:1', ['far.io/teams/app:1']],
    [wild, 'a.b.example.com/app:1', ['near.example.org/mirror/app:1']],
    [wild, 'example.com/app:1', ['example.com/app:1']],
    [
      '[[registry]]\nlocation = "far.io"\n[[registry.mirror]]\nlocation = "one.io"\n[[registry.mirror]]\nlocation = "two.io/x"\n',
      'far.io/app:1',
      ['one.io/app:1', 'two.io/x/app:1', 'far.io/app:1'],
    ],
    [
      '[[registry]]\nlocation = "far.io"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "one.io"\n',
      'far.io/app:1',
      ['far.io/app:1'],
    ],
    [
      '[[registry]]\nlocation = "far.io"\n[[registry.mirror]]\nlocation = "one.io"\npull-from-mirror = "digest-only"\n',
      `far.io/app@sha256:${'a'.repeat(64)}`,
      [`one.io/app@sha256:${'a'.repeat(64)}`, `far.io/app@sha256:${'a'.repeat(64)}`],
    ],
  ])('%j: %s is pulled from %j', (text, reference, places) => {
    expect(from(text, reference)).toEqual(places);
  });

  it('blocks what it says', () => {
    expect(() => from('[[registry]]\nlocation = "far.io"\nblocked = true\n', 'far.io/app:1')).toThrow(RegistryBlocked);
  });

  it.each([
    ['unqualified-search-registries = ["far.io/team"]', 'Invalid unqualified-search-registries entry "far.io/team"'],
    ['short-name-mode = "x"', 'invalid short-name mode: "x"'],
    ['[[registry]]\nprefix = "x"\nlocation = "http://far.io"', "invalid location 'http://far.io': URI schemes are not supported"],
    ['unqualified-search-registries = [', 'loading registries configuration'],
  ])('refuses %j', (text, reason) => {
    const attempt = () => load(text);
    expect(attempt).toThrow(RegistriesConfError);
    expect(attempt).toThrow(reason);
  });
});
