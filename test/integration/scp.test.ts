import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scene } from './image-fixture.ts';

let here: Scene;
let there: Scene;
beforeEach(() => {
  here = new Scene();
  there = new Scene();
});
afterEach(() => {
  here[Symbol.dispose]();
  there[Symbol.dispose]();
});

/** Another host: an ssh that notes how it was called and runs the words by a shell whose podman has the other store. */
function env(): Record<string, string> {
  const bin = join(there.directory, 'bin');
  mkdirSync(bin, { recursive: true });
  const script = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script('podman', `exec ${resolve('dist/selkie')} --root ${there.root} --runroot ${there.runroot} "$@"`);
  script('ssh', `echo "$@" >> ${there.directory}/calls; while [ "$1" != -- ]; do shift; done; shift 2; exec sh -c "$*"`);
  return { PATH: `${bin}:${process.env['PATH']}`, PODMAN_CONNECTIONS_CONF: join(there.directory, 'connections.json') };
}
const scp = (...args: string[]) => here.run('podman', ['image', 'scp', ...args], { env: env() });
const calls = () => readFileSync(join(there.directory, 'calls'), 'utf8').trim().split('\n');

describe('image scp', () => {
  it('sends an image to a host, and gets one from it', () => {
    const id = here.image('one');
    expect(scp('-q', 'one', 'me@host.example::')).toMatchObject({ code: 0, out: 'Loaded image: localhost/one:latest\n' });
    expect(there.lines('images', '-q', '--no-trunc')).toEqual([`sha256:${id}`]);
    expect(calls()).toEqual(['-- me@host.example podman image load -q']);
    here.lines('rmi', 'one');
    expect(scp('-q', 'me@host.example::one', 'two').code).toBe(0);
    expect(here.lines('images', '--format', '{{.Repository}} {{.ID}}').sort()).toEqual([
      `localhost/one ${id.slice(0, 12)}`,
      `localhost/two ${id.slice(0, 12)}`,
    ]);
  });

  it('knows the connections that are kept', () => {
    here.image('one');
    const Connections = { far: { URI: 'ssh://me@host.example:2222/run/podman.sock', Identity: '/key' } };
    writeFileSync(join(there.directory, 'connections.json'), JSON.stringify({ Connection: { Connections }, Farm: {} }));
    expect(scp('-q', 'one', 'far::').code).toBe(0);
    expect(calls()).toEqual(['-p 2222 -i /key -- me@host.example podman image load -q']);
  });

  it('gives the shell of the other host nothing but words', () => {
    here.image('one');
    scp('-q', 'host::one; touch /tmp/evil');
    expect(calls()).toEqual(["-- host podman image save -q --format oci-archive 'one; touch /tmp/evil'"]);
  });

  it.each([
    [['one'], 'must specify a destination: invalid argument'],
    [['host::'], 'no source image specified: invalid argument'],
    [['host::', 'other::'], 'a source image must be specified: invalid argument'],
    [['one', '-oProxyCommand=x::'], 'invalid host "-oProxyCommand=x"'],
    [['root@localhost::one'], '$SUDO_USER must be defined to find the default rootless user'],
  ])('refuses %j', (args, text) => {
    const { code, err } = scp('--', ...args);
    if (args[0] === 'host::') expect(err).not.toContain('Unknown connection');
    expect([code, err.split('\n').at(-2)]).toEqual([125, `Error: ${text}`]);
  });
});
