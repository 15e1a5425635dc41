import type { Container } from '../../../container/container.ts';
import { InvalidContainerArgument } from '../../../container/errors.ts';
import { runExec, runExecDetached } from '../../../container/exec.ts';
import { parseEnvironment, parseEnvironmentFile } from '../../../container/options/environment.ts';
import { readCidFiles, selectContainers } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import { isInherited } from '../../../os/inherited.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { detachKeys } from '../../flags/configured.ts';

export default class ContainerExec extends SelkieCommand {
  static override summary = 'Run a process in a running container';
  static override examples = ['exec -it mycontainer sh', 'exec --user 1000 -e DEBUG=1 mycontainer app'];
  static override usage = 'CONTAINER COMMAND [ARG...]';
  static override flags = {
    cidfile: flag.string({ summary: "Read the container's ID from this file", complete: 'files' }),
    detach: flag.bool({ short: 'd', summary: 'Leave the process in the background and print its ID' }),
    'detach-keys': { ...detachKeys, valueName: undefined },
    env: flag.stringArray({ short: 'e', summary: "Variable, as name=value; the name alone takes over the caller's" }),
    'env-file': flag.stringArray({ summary: 'File with a variable on each line', complete: 'files' }),
    interactive: flag.bool({ short: 'i', summary: 'Keep the input open' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-session': flag.bool({ summary: 'Leave no session in the database' }),
    'preserve-fd': flag.uints({ defaultText: '[]', summary: 'Pass this file descriptor on' }),
    'preserve-fds': flag.uint({ summary: 'Pass on this many file descriptors, from 3 upwards' }),
    privileged: flag.bool({ summary: 'Give it all capabilities and devices' }),
    tty: flag.bool({ short: 't', summary: 'Give the process a terminal' }),
    user: flag.string({ short: 'u', summary: 'User, and group after a colon, to run as', complete: 'users' }),
    wait: flag.int({ hidden: true, summary: 'Seconds to wait for the container to start' }),
    workdir: flag.string({ short: 'w', summary: 'Directory to run in', complete: 'none' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'exec requires the name or ID of a container or the --latest or --cidfile flag',
    unless: ['latest', 'cidfile'],
    complete: ['containersRunning', 'files'],
  };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerExec);
    if (flags['no-session'] && (flags.detach || changed('detach-keys'))) {
      throw new SelkieError('--no-session cannot be used with --detach or --detach-keys');
    }
    if (flags.latest && flags.cidfile !== '') throw new SelkieError('--latest and --cidfile can not be used together');
    const env: Record<string, string> = parseEnvironment(
      [...flags.env],
      flags['env-file'].reduce<Record<string, string>>((all, file) => parseEnvironmentFile(file, all), {}),
    );
    refuseMissingDescriptors(flags['preserve-fd'], flags['preserve-fds']);
    using engine = openContainers(this.globals);
    const named = !flags.latest && flags.cidfile === '';
    const names = named ? args.slice(0, 1) : readCidFiles(flags.cidfile === '' ? [] : [flags.cidfile]);
    if (changed('wait') && flags.wait > 0) {
      const { untilRunning } = await import('../../../container/wait.ts');
      if (!(await untilRunning(engine, names[0] ?? '', flags.wait))) throw new SelkieError(`timed out waiting for container: ${names[0]}`);
    }
    const { container } = selectContainers(engine, { names, latest: flags.latest })[0]!;
    const options = {
      command: named ? args.slice(1) : args,
      env: flags.tty && env['TERM'] === undefined && !hasTerm(container) ? { TERM: 'xterm', ...env } : env,
      tty: flags.tty,
      stdin: flags.interactive,
      user: flags.user,
      workdir: flags.workdir,
      privileged: flags.privileged,
      preserveFds: flags['preserve-fds'],
      preserveFd: [...flags['preserve-fd']],
      detachKeys: changed('detach-keys') ? flags['detach-keys'] : undefined,
    };
    if (flags.detach) this.out(await detached(runExecDetached(engine, container, { ...options, stdin: false })));
    else this.exitCode = await runExec(engine, container, options).catch(asExecFailure);
  }
}

function refuseMissingDescriptors(given: readonly number[], count: number): void {
  const wanted = [
    ...given.map((fd) => [fd, 'preserve-fd'] as const),
    ...Array.from({ length: count }, (_, at) => [at + 3, 'preserve-fds'] as const),
  ];
  for (const [fd, flagName] of wanted) {
    if (isInherited(Number(fd))) continue;
    throw new SelkieError(`file descriptor ${fd} is not available - the ${flagName} option requires that file descriptors must be passed`);
  }
}

const hasTerm = ({ config }: Container): boolean => (config.spec.process?.env ?? []).some((entry) => entry.startsWith('TERM='));

/** What keeps a session from beginning ends `exec` with 255, unless the runtime found no command or none that can be run. */
function asExecFailure(error: unknown): never {
  if (!(error instanceof SelkieError) || error.exitCode !== 125 || error instanceof InvalidContainerArgument) throw error;
  throw new SelkieError(error.message, { cause: error, exitCode: 255 });
}

/** Of a session that nobody waits for every failure is podman's own. */
async function detached(session: Promise<string>): Promise<string> {
  try {
    return await session;
  } catch (error) {
    if (!(error instanceof SelkieError)) throw error;
    throw new SelkieError(error.message, { cause: error, exitCode: 125 });
  }
}
