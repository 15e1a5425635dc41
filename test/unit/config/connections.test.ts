import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addConnection } from '../../../src/config/connection-destination.ts';
import { changeConnections, NoSuchConnection, readConnections } from '../../../src/config/connections.ts';
import { createFarm, removeFarms, updateFarm } from '../../../src/config/farms.ts';

let directory: string;
const file = () => join(directory, 'podman-connections.json');
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-connections-'));
  process.env['PODMAN_CONNECTIONS_CONF'] = file();
});
afterEach(() => {
  delete process.env['PODMAN_CONNECTIONS_CONF'];
  rmSync(directory, { recursive: true });
});

test('the file is as podman 5.8.6 wrote it after the same commands', () => {
  addConnection('a', 'ssh://root@example.com:2222/run/podman/podman.sock', {});
  addConnection('b', 'tcp://localhost:1234', {});
  addConnection('c', 'unix:///run/x.sock', { makeDefault: true });
  expect(readFileSync(file(), 'utf8')).toBe(
    '{"Connection":{"Default":"c","Connections":{"a":{"URI":"ssh://root@example.com:2222/run/podman/podman.sock"},' +
      '"b":{"URI":"tcp://localhost:1234"},"c":{"URI":"unix:///run/x.sock"}}},"Farm":{}}\n',
  );
});

test.each([
  ['ssh://me@host/run/s.sock', {}, 'ssh://me@host:22/run/s.sock'],
  ['me@host:33/run/s.sock', {}, 'ssh://me@host:33/run/s.sock'],
  ['ssh://me@host', { port: 44, socketPath: '/run/s.sock' }, 'ssh://me@host:44/run/s.sock'],
  ['ssh://me@[::1]:22/run/s.sock', {}, 'ssh://me@[::1]:22/run/s.sock'],
])('%s', (destination, request, uri) => {
  addConnection('x', destination, request);
  expect(readConnections().Connection.Connections?.['x']?.URI).toBe(uri);
});

test('farms are made of connections that are there', () => {
  addConnection('a', 'tcp://a:1', {});
  createFarm('f', ['a']);
  expect(() => createFarm('g', ['b'])).toThrow('cannot create farm, "b" is not a system connection');
  expect(() => updateFarm('f', { add: [], remove: [], makeDefault: false })).toThrow('nothing to update for farm "f"');
  updateFarm('f', { add: [], remove: ['a'], makeDefault: false });
  expect(readConnections().Farm).toEqual({ Default: 'f', List: { f: [] } });
  expect(removeFarms(['f'])).toEqual(['f']);
  expect(() => removeFarms(['f'])).toThrow('failed to delete farms ["f"]');
});

test('nothing is written when the change fails', () => {
  expect(() =>
    changeConnections(() => {
      throw new NoSuchConnection('x');
    }),
  ).toThrow('"x" destination is not defined');
  expect(readConnections()).toEqual({ Connection: {}, Farm: {} });
});
