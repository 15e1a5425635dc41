import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reloadContainersConf, useConfigModules } from '../../../src/config/containers-conf-load.ts';
import { findHelperBinary } from '../../../src/config/helper-binary.ts';
import { resolveStoreOptions } from '../../../src/config/storage-conf.ts';
import { parseToml } from '../../../src/config/toml-file.ts';

let directory: string;
const before = { ...process.env };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-conf-'));
  process.env['XDG_CONFIG_HOME'] = directory;
  delete process.env['CONTAINERS_CONF'];
  mkdirSync(join(directory, 'containers'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  for (const key of Object.keys(process.env)) if (!(key in before)) delete process.env[key];
  Object.assign(process.env, before);
  useConfigModules([]);
  reloadContainersConf();
});

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

describe('containers.conf', () => {
  it('has podman`s defaults where no file speaks', () => {
    process.env['CONTAINERS_CONF'] = write('empty.conf', '# nothing\n[engine]\n');
    const conf = reloadContainersConf();
    expect(conf.containers).toMatchObject({ pids_limit: 2048, shm_size: '65536k', umask: '0022', ipcns: 'shareable', log_size_max: -1 });
    expect(conf.engine).toMatchObject({
      pull_policy: 'missing',
      stop_timeout: 10,
      num_locks: 2048,
      retry: 3,
      detach_keys: 'ctrl-p,ctrl-q',
    });
    expect(conf.network).toMatchObject({
      default_network: 'podman',
      default_subnet: '10.88.0.0/16',
      default_rootless_network_cmd: 'pasta',
    });
    expect(conf.containers.default_capabilities).toHaveLength(11);
  });

  it('a list that was told to grow grows on, until a file says no', () => {
    mkdirSync(join(directory, 'containers/containers.conf.d'));
    const drop = (name: string, env: string) => write(`containers/containers.conf.d/${name}`, `[containers]\nenv = [${env}]\n`);
    drop('10.conf', '"A=1"');
    drop('20.conf', '"B=2", {append=true}');
    drop('30.conf', '"C=3"');
    expect(reloadContainersConf().containers.env).toEqual(['A=1', 'B=2', 'C=3']);
    drop('40.conf', '"D=4", {append=false}');
    drop('50.conf', '"E=5"');
    expect(reloadContainersConf().containers.env).toEqual(['E=5']);
  });

  it('merges files in order; lists replace or, with append, grow', () => {
    write('containers/containers.conf', '[engine]\nhooks_dir = ["/a"]\nstop_timeout = 3\n[containers]\nenv = ["A=1"]\n');
    mkdirSync(join(directory, 'containers/containers.conf.d'));
    write('containers/containers.conf.d/10-x.conf', '[engine]\nhooks_dir = ["/b", {append=true}]\n[containers]\nenv = ["B=2"]\n');
    process.env['CONTAINERS_CONF_OVERRIDE'] = write(
      'override.conf',
      '[engine]\nstop_timeout = 7\n[engine.runtimes]\nmine = ["/bin/mine"]\n',
    );
    const { engine, containers } = reloadContainersConf();
    expect(engine.hooks_dir).toEqual(['/a', '/b']);
    expect(containers.env).toEqual(['B=2']);
    expect(engine.stop_timeout).toBe(7);
    expect(engine.runtimes['mine']).toEqual(['/bin/mine']);
    expect(engine.runtimes['crun']![0]).toBe('/usr/bin/crun');
  });

  it('adds CAP_, sets the environment and passes unknown keys over', () => {
    process.env['CONTAINERS_CONF'] = write(
      'c.conf',
      '[containers]\ndefault_capabilities=["chown","CAP_KILL"]\nnot_known = 1\n[engine]\nenv=["SELKIE_TEST_ENV=x"]\n',
    );
    expect(reloadContainersConf().containers.default_capabilities).toEqual(['CAP_CHOWN', 'CAP_KILL']);
    expect(process.env['SELKIE_TEST_ENV']).toBe('x');
  });

  it.each([
    ['[engine]\nstatic_dir = "x"\n', 'validating engine configs: static directory must be an absolute path - instead got "x"'],
    ['[containers]\numask = "9"\n', 'validating containers config: not a valid umask 9'],
    ['[containers]\nlog_size_max = 1\n', 'validating containers config: log size max should be negative or >= 8192'],
    ['[engine]\nstop_timeout = "x"\n', 'incompatible types'],
    ['[engine\n', 'decode configuration'],
  ])('refuses %j', (text, complaint) => {
    process.env['CONTAINERS_CONF'] = write('bad.conf', text);
    expect(() => reloadContainersConf()).toThrow(complaint);
  });

  it('names a file that is not there', () => {
    process.env['CONTAINERS_CONF'] = '/nowhere/c.conf';
    expect(() => reloadContainersConf()).toThrow(
      'finding config on system: CONTAINERS_CONF file: faccessat /nowhere/c.conf: no such file or directory',
    );
  });

  it('looks helpers up where the file says', () => {
    process.env['CONTAINERS_CONF'] = write('h.conf', `[engine]\nhelper_binaries_dir = ["${directory}"]\n`);
    reloadContainersConf();
    write('my-helper', '#!/bin/sh\n');
    expect(() => findHelperBinary('my-helper')).toThrow(`could not find "my-helper" in one of [${directory}].`);
    require('node:fs').chmodSync(join(directory, 'my-helper'), 0o755);
    expect(findHelperBinary('my-helper')).toBe(join(directory, 'my-helper'));
  });
});

describe('parseToml', () => {
  it('reads the same as the parser alone', () => {
    const line = fc.constantFrom(
      '# comment',
      '  # [x]',
      '',
      '\t',
      '[t]',
      '[t.u]',
      ' [v] # w',
      '[[w]]',
      'k = "a # b"',
      "k2='x'",
      'l = [',
      '  "x", # y',
      '"z"',
      ']',
      "m = '''",
      "'''",
      'n = 1 # two',
      'o = """',
      '"""',
      'p = true',
      'q = ["a", "b",]',
      'r = ["a" "b"]',
      's = -0',
      't = 007',
      'u = 1_000',
      'v = "\\u0041"',
      'w.x = 1',
      '"y" = 2',
      'z = {a = 1}',
      'aa = ["x", {append=true}]',
      'bb = 1.5',
      'cc = "a" b',
      'dd = []',
      'ee = [ # c',
      'ff = [1, 2]',
      '__proto__ = 1',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = lines.join('\n');
        const attempt = (step: () => unknown) => {
          try {
            return step();
          } catch {
            return 'error';
          }
        };
        expect(JSON.stringify(attempt(() => parseToml(text)))).toBe(JSON.stringify(attempt(() => parse(text))));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('resolveStoreOptions', () => {
  it('takes file, environment and command line in turn', () => {
    process.env['CONTAINERS_STORAGE_CONF'] = write(
      's.conf',
      '[storage]\ndriver = "overlay"\ngraphroot = "/g/$UID"\nrunroot = "/r"\n[storage.options]\nadditionalimagestores = ["/add"]\n[storage.options.overlay]\nmountopt = "nodev"\n',
    );
    const uid = String(process.geteuid!());
    expect(resolveStoreOptions()).toMatchObject({
      graphRoot: `/g/${uid}`,
      runRoot: '/r',
      driver: 'overlay',
      driverOptions: { mountopt: 'nodev' },
      additionalImageStores: ['/add'],
      graphOptions: ['imagestore=/add', 'overlay.mountopt=nodev'],
    });
    expect(resolveStoreOptions({ root: '/x/', storageOpts: ['overlay.ignore_chown_errors=true'] })).toMatchObject({
      graphRoot: '/x',
      driverOptions: { mountopt: 'nodev', ignore_chown_errors: 'true' },
    });
    expect(resolveStoreOptions({ storageDriver: 'vfs' })).toMatchObject({ driver: 'vfs', driverOptions: {} });
    process.env['STORAGE_DRIVER'] = 'vfs';
    expect(resolveStoreOptions({ storageOpts: [''] }).driver).toBe('vfs');
  });

  it('refuses what podman refuses', () => {
    process.env['CONTAINERS_STORAGE_CONF'] = '/nowhere/storage.conf';
    expect(() => resolveStoreOptions()).toThrow('open /nowhere/storage.conf: no such file or directory');
    delete process.env['CONTAINERS_STORAGE_CONF'];
    expect(() => resolveStoreOptions({ root: '/g', storageDriver: 'bogus' })).toThrow(
      'configure storage: failed to GetDriver graph bogus /g: driver not supported',
    );
    expect(() => resolveStoreOptions({ root: '/g', storageOpts: ['bogus=1'] })).toThrow(
      'configure storage: unknown option "bogus" ("bogus=1")',
    );
  });
});
