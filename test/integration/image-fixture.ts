import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '../..');

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** selkie on a store of its own that vanishes with it. The built program where there is one (SELKIE names another), else the sources. */
export class Scene implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'selkie-images-'));
  readonly root = join(this.directory, 'root');
  readonly runroot = join(this.directory, 'run');

  /** @param program how it is called: podman, buildah or skopeo */
  run(program: string, args: string[], options: { input?: string | Uint8Array; env?: Record<string, string> } = {}): Outcome {
    const [command, ...words] = this.command(program, args);
    return outcome(command!, words, { ...process.env, ...options.env }, options.input);
  }

  /** The words of a command line, for whoever runs it himself. */
  command(program: string, args: string[]): string[] {
    return [...programFor(program, this.directory), ...this.store(program), ...args];
  }

  /** Starts a program and does not wait for it. */
  start(program: string, args: string[]): ChildProcess {
    const [command, ...before] = programFor(program, this.directory);
    return spawn(command!, [...before, ...this.store(program), ...args], { stdio: 'ignore' });
  }

  podman(...args: string[]): Outcome {
    return this.run('podman', args);
  }

  /** Runs and answers the output's lines. @throws Error when it fails */
  lines(...args: string[]): string[] {
    const { code, out, err } = this.podman(...args);
    if (code !== 0) throw new Error(`podman ${args.join(' ')}: exit code ${code}: ${err}`);
    return out.split('\n').filter((line) => line !== '');
  }

  store(program: string): string[] {
    return program === 'skopeo' ? [] : ['--root', this.root, '--runroot', this.runroot];
  }

  /** A tar with one file in it. */
  tarball(name: string, content: string): string {
    const tree = join(this.directory, `tree-${name}`);
    mkdirSync(join(tree, 'etc'), { recursive: true });
    writeFileSync(join(tree, 'etc', name), content);
    const tar = join(this.directory, `${name}.tar`);
    execFileSync('tar', ['--numeric-owner', '--owner=0', '--group=0', '--mtime=@1600000000', '-C', tree, '-cf', tar, '.']);
    return tar;
  }

  /** Imports an image of one layer and answers its id. */
  image(name: string, ...changes: string[]): string {
    const tar = this.tarball(name.replaceAll(/[^a-z0-9]/g, '-'), name);
    const [id] = this.lines('import', '-q', ...changes.flatMap((change) => ['--change', change]), tar, name);
    return id!.replace('sha256:', '');
  }

  [Symbol.dispose](): void {
    spawnSync('umount', ['-R', join(this.root, 'overlay')]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function programFor(program: string, directory: string): string[] {
  const built = process.env['SELKIE'] ?? join(project, 'dist/selkie');
  if (!existsSync(built))
    return [join(project, 'node_modules/.bin/bun'), join(project, 'src/main.ts'), ...(program === 'podman' ? [] : [program])];
  const called = join(directory, program);
  if (!existsSync(called)) execFileSync('ln', ['-s', resolve(built), called]);
  return [called];
}

export function outcome(command: string, args: string[], env: NodeJS.ProcessEnv, input?: string | Uint8Array): Outcome {
  const result = spawnSync(command, args, { env, input: input ?? '', maxBuffer: 1 << 28 });
  if (result.error) throw result.error;
  return { code: result.status ?? 128, out: result.stdout.toString(), err: result.stderr.toString() };
}
