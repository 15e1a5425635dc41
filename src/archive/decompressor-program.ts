import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { Compression } from './compression.ts';
import { CorruptCompression } from './errors.ts';

/** What xz may take of memory: presets up to -9 need 65 MiB; more is only asked for by streams made to hurt. */
const XZ_MEMORY = '128MiB';

export type ProgramCompression = typeof Compression.bzip2 | typeof Compression.xz;

/** A running xz or bzip2: bytes go in through `stdin`, and come out decompressed. */
export class DecompressorProgram implements Disposable {
  readonly #name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #complaint = '';

  constructor(compression: ProgramCompression) {
    const [name, args] = compression === Compression.xz ? ['xz', ['-dcq', `--memlimit-decompress=${XZ_MEMORY}`]] : ['bzip2', ['-dcq']];
    this.#name = name as string;
    this.#child = spawn(this.#name, args as string[], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (this.#complaint.length < 1000) this.#complaint += text;
    });
    this.#child.stdin.on('error', () => {});
  }

  /** Decompresses a stream. @throws CorruptCompression, also when the program is missing */
  async *run(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const exit = new Promise<string | undefined>((resolve) => {
      this.#child.once('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'ENOENT' ? `the program ${this.#name} is not installed` : error.message),
      );
      this.#child.once('close', (code, signal) =>
        resolve(code === 0 ? undefined : this.#complaint.trim() || `${this.#name} ended with ${signal ?? code}`),
      );
    });
    const feeding = this.#feed(source);
    feeding.catch(() => this.#child.kill('SIGKILL'));
    for await (const chunk of this.#child.stdout) yield chunk as Uint8Array;
    const problem = await exit;
    if (problem !== undefined) throw new CorruptCompression(this.#name, problem);
    await feeding;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }

  async #feed(source: AsyncIterable<Uint8Array>): Promise<void> {
    const { stdin } = this.#child;
    for await (const chunk of source) {
      // After the end of its stream the program may stop reading; the source is still read, for its digest.
      if (stdin.destroyed || !stdin.writable) continue;
      if (stdin.write(Buffer.from(chunk))) continue;
      await new Promise<void>((resolve) => {
        const go = (): void => {
          stdin.off('drain', go).off('close', go);
          resolve();
        };
        stdin.on('drain', go).on('close', go);
      });
    }
    stdin.end();
  }
}

/** Decompresses xz or bzip2 by the program of that name. */
export async function* decompressWithProgram(
  source: AsyncIterable<Uint8Array>,
  compression: ProgramCompression,
): AsyncGenerator<Uint8Array> {
  using program = new DecompressorProgram(compression);
  yield* program.run(source);
}
