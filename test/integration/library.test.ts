import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { copyImage, ImageEngine, parseImageName, resolveStoreOptions, SelkieError, Store } from '../../src/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'selkie-library-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the library', () => {
  it('copies an image from an archive to a layout, telling its progress', async () => {
    const steps: string[] = [];
    const layout = `oci:${join(directory, 'layout')}:hello`;
    const { digest } = await copyImage(parseImageName('oci-archive:dist/hello.tar'), parseImageName(layout), {
      onProgress: (event) => void steps.push(event.kind === 'text' ? event.text : `${event.kind} ${'what' in event ? event.what : ''}`),
    });
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(steps).toContain('start config');
    expect(steps.at(-1)).toBe('Writing manifest to image destination');
  });

  it('opens a store that is not there yet, and finds nothing in it', () => {
    using store = Store.open(resolveStoreOptions({ root: join(directory, 'root'), runroot: join(directory, 'run') }));
    const images = new ImageEngine(store);
    expect(images.list()).toEqual([]);
    expect(() => images.lookup('nothing')).toThrow(SelkieError);
  });

  it.skipIf(process.getuid?.() !== 0)('does what its example says', () => {
    const example = join(import.meta.dirname, '../../docs/library/images.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [example, 'oci-archive:dist/hello.tar', join(directory, 'example')], {
      encoding: 'utf8',
    });
    spawnSync('umount', ['-R', join(directory, 'example/root/overlay')]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').slice(-4)).toEqual([
      expect.stringMatching(/^[0-9a-f]{12} for linux\/amd64 of \d+ layers$/),
      expect.stringMatching(/^oci:.*\/layout:copy is sha256:[0-9a-f]{12}$/),
      'notes: 1 file',
      '',
    ]);
  });

  it.skipIf(process.getuid?.() !== 0)('makes an image as its other example says', () => {
    const example = join(import.meta.dirname, '../../docs/library/working-container.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [example, '/bin/busybox', join(directory, 'built')], {
      encoding: 'utf8',
    });
    spawnSync('umount', ['-R', join(directory, 'built/root/overlay')]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[0-9a-f]{64} of 1 layer runs \/busybox\n$/);
  });

  it.skipIf(process.getuid?.() !== 0)('builds as its example says', () => {
    const example = join(import.meta.dirname, '../../docs/library/build.ts');
    const context = join(directory, 'context');
    mkdirSync(context);
    writeFileSync(join(context, 'Containerfile'), 'FROM scratch\nCOPY f /f\n');
    writeFileSync(join(context, 'f'), 'built');
    const work = join(directory, 'work');
    const [first, again] = [1, 2].map(() => spawnSync(process.execPath, [example, context, work], { encoding: 'utf8' }));
    spawnSync('umount', ['-R', join(work, 'root/overlay')]);
    expect([first!.status, first!.stderr]).toEqual([0, '']);
    expect(first!.stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(again!.stdout).toBe(first!.stdout);
    expect(readFileSync(join(work, 'files/f'), 'utf8')).toBe('built');
  });
});
