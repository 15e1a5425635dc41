/** Compiles the one executable: `bun scripts/build.ts [OUTFILE]`. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const outfile = process.argv[2] ?? 'dist/selkie';
mkdirSync(dirname(outfile), { recursive: true });
// A reluctant JIT keeps the process single-threaded until main.ts has entered a rootless user's namespace, and then sets it free.
const flags = ['--compile', '--minify', '--bytecode', '--format=cjs', '--compile-jit-policy=50'];
const { exitCode } = Bun.spawnSync([process.execPath, 'build', ...flags, 'src/main.ts', '--outfile', outfile], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exitCode = exitCode;
