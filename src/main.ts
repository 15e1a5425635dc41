import { programName, versionText } from './cli/program.ts';
import { writeOut } from './cli/streams.ts';

/** Answers what needs nothing loaded; all else is imported by what it is. No top-level await: the bytecode build is CommonJS. */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const program = programName();
  switch (argv[0]) {
    case '--version':
    case '-v':
      if (argv.length === 1) {
        writeOut(`${versionText(program)}\n`);
        return;
      }
      break;
    case '__complete':
    case '__completeNoDesc':
      (await import('./cli/complete/main.ts')).complete(program, argv);
      return;
  }
  process.exitCode = await (await import('./cli/run.ts')).run(program, argv);
}

void main();
