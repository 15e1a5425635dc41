import { programName, versionText } from './cli/program.ts';

/** Answers what needs nothing loaded; all else is loaded by what it is, node:fs included (a fifth of the time of `--version`). */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const program = programName();
  if (/(^|\/)(quadlet|podman-(system|user)-generator)$/.test(process.argv0)) {
    process.exitCode = (await import('./cli/quadlet-generator.ts')).runGenerator(process.argv0, argv);
    return;
  }
  switch (argv[0]) {
    case '--version':
    case '-v':
      if (argv.length === 1) {
        console.log(versionText(program));
        return;
      }
      break;
    case '__unpack':
      Bun.unsafe.setJITPolicy(1);
      process.exitCode = await (await import('./archive/unpack-helper.ts')).runUnpackHelper(argv.slice(1));
      return;
    case '__forward-ports':
      process.exitCode = await (await import('./network/port-relay.ts')).runPortRelay();
      return;
    case '__complete':
    case '__completeNoDesc':
      await (await import('./cli/complete/main.ts')).complete(program, argv);
      return;
  }
  const { enterUserNamespace } = require('./rootless/enter.ts') as typeof import('./rootless/enter.ts');
  try {
    enterUserNamespace(argv, program, () => (require('./cli/log.ts') as typeof import('./cli/log.ts')).startLog('warn'));
  } catch (error) {
    process.exitCode = (await import('./cli/failure.ts')).report(program, error);
    return;
  }
  // What a command leaves open, such as a registry's connection kept for more, must not keep the process.
  const { exitNow } = require('./os/process.ts') as typeof import('./os/process.ts');
  exitNow(await (await import('./cli/run.ts')).run(program, argv));
}

void main();
