import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

/** Waits for a file to come, or to go. */
async function until(path: string, there: boolean): Promise<void> {
  for (let tries = 0; existsSync(path) !== there; tries++) {
    if (tries > 200) throw new Error(`${path} is ${there ? 'not there' : 'there still'}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(!canRun)('system service', () => {
  let scene: ContainerScene;
  let service: ChildProcess;
  let socket: string;
  beforeAll(async () => {
    scene = new ContainerScene();
    scene.busybox();
    socket = join(scene.directory, 'api/podman.sock');
    service = scene.start('podman', ['system', 'service', '--time', '0', `unix://${socket}`]);
    await until(socket, true);
  });
  afterAll(async () => {
    service.kill();
    await until(socket, false);
    scene[Symbol.dispose]();
  });

  const ask = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`http://d/v1.41${path}`, {
      unix: socket,
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {}),
    } as RequestInit);
  const json = async (method: string, path: string, body?: object): Promise<[number, unknown]> => {
    const response = await ask(method, path, body);
    const text = await response.text();
    return [response.status, text === '' ? undefined : JSON.parse(text)];
  };

  it('is for its user alone', () => {
    expect(statSync(socket).mode & 0o777).toBe(0o600);
  });

  it('answers with its versions, and refuses what it does not know', async () => {
    const ping = await ask('GET', '/_ping');
    expect([ping.status, await ping.text(), ping.headers.get('api-version')]).toEqual([200, 'OK', '1.44']);
    expect((await ask('GET', '/nothing')).status).toBe(404);
    expect((await ask('DELETE', '/version')).status).toBe(405);
    expect(await json('GET', '/containers/nope/json')).toEqual([
      404,
      { cause: 'no such container', message: 'no container with name or ID "nope" found: no such container', response: 404 },
    ]);
    expect((await json('POST', '/containers/create', { Image: 'nope' }))[0]).toBe(404);
    expect((await ask('POST', '/containers/create')).status).toBe(500);
    expect((await json('GET', '/libpod/containers/json'))[0]).toBe(501);
  });

  it('makes, starts, watches and removes a container, which the command line sees', async () => {
    const [created, made] = await json('POST', '/containers/create?name=web', {
      Image: 'localhost/bb',
      Cmd: ['sh', '-c', 'echo out; echo err >&2; read line; exit 3'],
      Env: ['A=1'],
      OpenStdin: true,
      HostConfig: { NetworkMode: 'none', Memory: 33554432, Binds: ['data:/d'] },
    });
    expect(created).toBe(201);
    const { Id: id } = made as { Id: string };
    expect(scene.lines('ps', '-a', '--format', '{{.ID}} {{.Names}}')).toEqual([`${id.slice(0, 12)} web`]);
    expect(await json('POST', '/containers/create?name=web', { Image: 'localhost/bb' })).toEqual([409, expect.anything()]);
    const waiting = json('POST', '/containers/web/wait?condition=next-exit');
    expect((await ask('POST', '/containers/web/start')).status).toBe(204);
    expect((await ask('POST', '/containers/web/start')).status).toBe(304);
    // The socket's mode is not that of what the service makes.
    const [data] = scene.lines('volume', 'inspect', '--format', '{{.Mountpoint}}', 'data');
    expect(statSync(data!).mode & 0o777).toBe(0o755);
    const [, seen] = (await json('GET', '/containers/web/json')) as [number, { State: { Status: string }; HostConfig: { Memory: number } }];
    expect([seen.State.Status, seen.HostConfig.Memory]).toEqual(['running', 33554432]);
    expect((await ask('POST', '/containers/web/kill?signal=TERM')).status).toBe(204);
    expect((await ask('POST', '/containers/web/kill')).status).toBeOneOf([204, 409]);
    expect(await waiting).toEqual([200, { StatusCode: expect.toBeOneOf([137, 143]), Error: null }]);
    const frames = Buffer.from(await (await ask('GET', '/containers/web/logs?stdout=1&stderr=1')).arrayBuffer());
    expect(frames.includes(Buffer.from([1, 0, 0, 0, 0, 0, 0, 4, ...Buffer.from('out\n')]))).toBe(true);
    expect(frames.includes(Buffer.from([2, 0, 0, 0, 0, 0, 0, 4, ...Buffer.from('err\n')]))).toBe(true);
    expect((await ask('DELETE', '/containers/web?v=1')).status).toBe(204);
    expect(scene.lines('ps', '-aq')).toEqual([]);
  });

  it('keeps nothing for clients that have left', async () => {
    const watches = () =>
      readdirSync(`/proc/${service.pid}/fd`).filter((fd) => {
        try {
          return readlinkSync(`/proc/${service.pid}/fd/${fd}`) === 'anon_inode:inotify';
        } catch {
          return false;
        }
      }).length;
    scene.lines('run', '-d', '--net=none', '--name', 'long', 'bb', 'sleep', '60');
    const left = new AbortController();
    const waiting = ['/events', '/containers/long/logs?follow=1&stdout=1', '/containers/long/wait?condition=removed'].map((path) =>
      fetch(`http://d/v1.41${path}`, { unix: socket, method: path.includes('wait') ? 'POST' : 'GET', signal: left.signal } as RequestInit),
    );
    await Promise.all(waiting);
    await expect.poll(watches).toBeGreaterThanOrEqual(3);
    left.abort();
    await expect.poll(watches).toBe(0);
    scene.lines('rm', '-f', '-t', '0', 'long');
  });

  it('goes on serving while another process holds a container', async () => {
    scene.lines('run', '-d', '--net=none', '--name', 'slow', 'bb', 'sh', '-c', 'trap "" TERM; sleep 60');
    const stopping = scene.start('podman', ['stop', '-t', '2', 'slow']);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const held = ask('POST', '/containers/slow/kill');
    const began = performance.now();
    expect((await ask('GET', '/_ping')).status).toBe(200);
    const answered = performance.now() - began;
    await held;
    expect(answered).toBeLessThan(performance.now() - began);
    await new Promise((resolve) => stopping.once('exit', resolve));
    scene.lines('rm', '-f', '-t', '0', 'slow');
  });

  it('ends by itself when nobody asks', async () => {
    const idle = join(scene.directory, 'idle.sock');
    const child = scene.start('podman', ['system', 'service', '--time', '1', `unix://${idle}`]);
    await until(idle, true);
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    expect(existsSync(idle)).toBe(false);
  });
});
