/** Compiles the one executable, `bun scripts/build.ts [OUTFILE]`, and puts an image beside it to try it with. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeHelloImage } from './make-hello-image.ts';

const outfile = process.argv[2] ?? 'dist/selkie';
mkdirSync(dirname(outfile), { recursive: true });
// A reluctant JIT keeps the process single-threaded until main.ts has entered a rootless user's namespace. It stays so: compiling costs a
// short command more than it gains, 8 % of `run`'s processor time, and loops over much data get hot enough all the same.
// Files of the current directory must not steer us: a .env found there would enter our environment. Not looking also saves 7 of 43 ms.
const closed = ['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'];
// Chunks are loaded when they are imported: a start costs a third less than with one chunk for all, and the heap that main.ts begins
// with stays so small that JavaScriptCore starts no thread of its own (see docs/decisions/one-thread-start.md).
const flags = ['--compile', '--minify', '--bytecode', '--format=esm', '--splitting', '--compile-jit-policy=50', ...closed];
const { exitCode } = Bun.spawnSync([process.execPath, 'build', ...flags, 'src/main.ts', '--outfile', outfile], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exitCode = exitCode;

const image = join(dirname(outfile), 'hello.tar');
if (exitCode === 0 && existsSync('/bin/busybox')) await makeHelloImage(image);
