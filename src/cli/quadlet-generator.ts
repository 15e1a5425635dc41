import { appendFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { generateServices, writeService } from '../systemd/quadlet/generate.ts';
import { unitDirectories } from '../systemd/quadlet/unit-directories.ts';
import { versionText } from './program.ts';
import { writeError, writeOut } from './streams.ts';

const usage = `Usage of NAME:
  -dryrun
    \tRun in dryrun mode printing debug information
  -no-kmsg-log
    \tDon't log to kmsg
  -user
    \tRun as systemd user
  -v\tPrint debug information
  -version
    \tPrint version information and exit
`;

/** Makes services of Quadlet's units. Format: systemd.generator(7), podman-systemd.unit(5). @returns the exit code */
export function runGenerator(called: string, argv: readonly string[]): number {
  const flags = { dryrun: false, 'no-kmsg-log': false, user: basename(called).includes('user'), v: false, version: false };
  let at = 0;
  for (; at < argv.length && argv[at]!.startsWith('-') && argv[at] !== '-'; at++) {
    const name = argv[at]!.replace(/^--?/, '').replace(/=(true|1|t)$/i, '');
    if (name === '') {
      at++;
      break;
    }
    if (!Object.hasOwn(flags, name)) {
      const isHelp = name === 'h' || name === 'help';
      writeError(`${isHelp ? '' : `flag provided but not defined: -${name}\n`}${usage.replace('NAME', called)}`);
      return isHelp ? 0 : 2;
    }
    flags[name as keyof typeof flags] = true;
  }
  if (flags.version) {
    writeOut(`${versionText('podman').split(' ').at(-1)}\n`);
    return 0;
  }
  const log = logger(flags.dryrun || flags['no-kmsg-log'], flags.dryrun);
  const debug = flags.v || flags.dryrun ? log : () => {};
  const directory = flags.dryrun ? '' : (argv[at] ?? '');
  const fail = (errors: readonly string[]): number => {
    for (const error of [...errors, 'processing encountered some errors']) log(error);
    return 1;
  };
  if (!flags.dryrun && directory === '') return fail(['missing output directory argument']);
  if (!flags.dryrun) debug(`Starting quadlet-generator, output to: ${directory}`);
  const uid = process.getuid!();
  const { services, errors } = generateServices(unitDirectories(flags.user, uid, log), { isUser: flags.user, warn: log, debug });
  if (directory !== '' && services.length > 0) mkdirSync(directory, { recursive: true });
  for (const service of services) {
    if (flags.dryrun) writeOut(`---${service.name}---\n${service}\n`);
    else {
      debug(`writing ${JSON.stringify(join(directory, service.name))}`);
      writeService(service, directory, called, log);
    }
  }
  return errors.length > 0 ? fail(errors) : 0;
}

/** To the kernel's log, which is all that there is early in a boot, else to stderr. */
function logger(isStderr: boolean, both: boolean): (message: string) => void {
  let hasKmsg = !isStderr;
  return (message) => {
    const line = `quadlet-generator[${process.pid}]: ${message}`;
    if (hasKmsg) {
      try {
        appendFileSync('/dev/kmsg', line);
      } catch {
        hasKmsg = false;
      }
    }
    if (!hasKmsg || both) writeError(`${line}\n`);
  };
}
