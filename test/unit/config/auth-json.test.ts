import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCredentials, NotLoggedIn, removeAllCredentials, removeCredentials, storeCredentials } from '../../../src/config/auth-json.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-auth-'));
  file = join(directory, 'new/auth.json');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const entry = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

describe('auth.json', () => {
  it('S14 is written for the user alone, and read back', () => {
    storeCredentials('r.example:5000', { username: 'me', password: 'a:b' }, file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'new')).mode & 0o777).toBe(0o700);
    expect(readFileSync(file, 'utf8')).toBe('{\n\t"auths": {\n\t\t"r.example:5000": {\n\t\t\t"auth": "bWU6YTpi"\n\t\t}\n\t}\n}');
    expect(findCredentials('r.example:5000/a/b', file)).toEqual({ username: 'me', password: 'a:b' });
    removeCredentials('r.example:5000', file);
    expect(readFileSync(file, 'utf8')).toBe('{\n\t"auths": {}\n}');
    expect(() => removeCredentials('r.example:5000', file)).toThrow(NotLoggedIn);
  });

  it('takes the most specific entry', () => {
    const path = join(directory, 'auth.json');
    writeFileSync(
      path,
      JSON.stringify({ auths: { 'r.example': entry('r:1'), 'r.example/a': entry('a:2'), 'https://index.docker.io/v1/': entry('d:3') } }),
    );
    expect(findCredentials('r.example/a/b', path)?.username).toBe('a');
    expect(findCredentials('r.example/b', path)?.username).toBe('r');
    expect(findCredentials('docker.io/library/x', path)?.username).toBe('d');
    expect(findCredentials('other.example', path)).toBeUndefined();
  });

  it('keeps what it does not know when all are removed', () => {
    const path = join(directory, 'auth.json');
    writeFileSync(path, JSON.stringify({ auths: { r: entry('r:1') }, credsStore: '', HttpHeaders: { a: 'b' } }));
    removeAllCredentials(path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ auths: {}, HttpHeaders: { a: 'b' } });
  });
});
