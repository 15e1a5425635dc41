import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Compression } from './compression.ts';
import { CorruptCompression } from './errors.ts';

/** xz and bzip2 are read by the programs of these names, as there is no well-kept library of them. @throws CorruptCompression */
export async function* decompressWithProgram(source: AsyncIterable<Uint8Array>, compression: Compression): AsyncGenerator<Uint8Array> {
  const program = compression === Compression.xz ? 'xz' : 'bzip2';
  const child = spawn(program, ['-d', '-c'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const failed = new Promise<never>((_, reject) =>
    child.once('error', (error) => reject(new CorruptCompression(program, error.message, { cause: error }))),
  );
  failed.catch(() => {});
  let message = '';
  child.stderr.on('data', (chunk: Buffer) => {
    message += chunk.toString();
  });
  child.stdin.on('error', () => {});
  const exit = once(child, 'close') as Promise<[number | null]>;
  void (async () => {
    for await (const chunk of source)
      if (!child.stdin.write(Buffer.from(chunk))) await Promise.race([once(child.stdin, 'drain'), once(child.stdin, 'close')]);
    child.stdin.end();
  })().catch(() => child.kill());
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    const [code] = await Promise.race([exit, failed]);
    if (code !== 0) throw new CorruptCompression(program, message.trim() || `exit status ${code}`);
  } finally {
    child.kill();
  }
}
