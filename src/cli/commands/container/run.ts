import type { Container } from '../../../container/container.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { warn } from '../../../diagnostics.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag, omit } from '../../flag.ts';
import { detachKeys } from '../../flags/configured.ts';
import { createFlags } from '../../flags/create.ts';
import type { Changed, CreateFlags } from '../../flags/to-create-options.ts';
import { isTerminal } from '../../is-terminal.ts';
import { newContainer } from '../../new-container.ts';

type RunFlags = CreateFlags & { readonly 'sig-proxy': boolean; readonly 'detach-keys': string; readonly attach: readonly string[] };

export default class ContainerRun extends SelkieCommand {
  static override summary = 'Run a command in a new container';
  static override description =
    "Without a command it is that of the image. Flags end at the image's name: what follows belongs to the command.";
  static override examples = [
    'run --rm -it fedora bash',
    'run -d --name web -p 8080:80 nginx',
    'run --rm -v ./src:/src:Z -w /src golang go build',
  ];
  static override usage = 'IMAGE [COMMAND [ARG...]]';
  static override flags = {
    ...omit(createFlags, 'init-ctr'),
    detach: flag.bool({ short: 'd', summary: 'Leave the container in the background and print its ID' }),
    'detach-keys': detachKeys,
    passwd: flag.bool({ default: true, summary: 'Add the user to /etc/passwd' }),
    'preserve-fd': flag.uints({ defaultText: '[]', summary: 'Pass this file descriptor on' }),
    'preserve-fds': flag.uint({ summary: 'Pass on this many file descriptors, from 3 upwards' }),
    rmi: flag.bool({ summary: 'Remove the image when the container ends, if nothing else uses it' }),
    'sig-proxy': flag.bool({ default: true, summary: 'Pass signals on to the container' }),
  };
  static override args: Arguments = { min: 1, complete: ['images', 'commands'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerRun);
    if (flags.rmi && changed('rm') && !flags.rm) throw new SelkieError('the --rmi option does not work without --rm');
    if (flags.tty && flags.interactive && !isTerminal(0))
      warn('The input device is not a TTY. The --tty and --interactive flags might not work properly');
    const given: Changed = (name) => changed(name as never);
    checkPreserved(flags);
    const streams = chooseStreams(flags, given);
    using engine = openContainers(this.globals);
    const container = await newContainer(engine, { flags, args, changed: given });
    if (flags.detach) {
      const { startContainer } = require('../../../container/start.ts') as typeof import('../../../container/start.ts');
      await startContainer(engine, container).catch((error: unknown) => giveUp(engine, container, flags, error));
      if (!flags['log-driver'].startsWith('passthrough')) this.out(container.id);
      return;
    }
    const onStarted = streams.stdout || streams.stderr ? undefined : () => this.out(container.id);
    this.exitCode = await runAttached(engine, container, flags, { ...streams, ...(onStarted ? { onStarted } : {}) });
    if (flags.rmi) await removeImage(engine, args[0] ?? '');
  }
}

/** Descriptors that are to be passed on must have been passed to us. */
function checkPreserved(flags: RunFlags & { readonly 'preserve-fd': readonly number[]; readonly 'preserve-fds': number }): void {
  const counted = Array.from({ length: flags['preserve-fds'] }, (_, at) => at + 3);
  if (flags['preserve-fd'].length === 0 && counted.length === 0) return;
  const { isInherited } = require('../../../os/inherited.ts') as typeof import('../../../os/inherited.ts');
  const check = (fd: number, name: string): void => {
    if (!isInherited(fd))
      throw new SelkieError(`file descriptor ${fd} is not available - the ${name} option requires that file descriptors must be passed`);
  };
  for (const fd of flags['preserve-fd']) check(Number(fd), 'preserve-fd');
  for (const fd of counted) check(fd, 'preserve-fds');
}

interface Streams {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  /** What to do as soon as the container runs. */
  onStarted?: () => void;
}

/** Output is connected, and input with `-i`, unless `--attach` says otherwise. */
function chooseStreams(flags: RunFlags, changed: Changed): Streams {
  if (!changed('attach')) return { stdin: flags.interactive, stdout: true, stderr: true };
  if (flags['log-driver'].startsWith('passthrough'))
    throw new SelkieError('cannot specify --attach with --log-driver=passthrough: invalid argument');
  const streams: Streams = { stdin: flags.interactive, stdout: false, stderr: false };
  for (const name of flags.attach) {
    const stream = name.toLowerCase();
    if (stream !== 'stdin' && stream !== 'stdout' && stream !== 'stderr')
      throw new SelkieError(
        `invalid stream ${JSON.stringify(name)} for --attach - must be one of stdin, stdout, or stderr: invalid argument`,
      );
    streams[stream] = true;
  }
  return streams;
}

async function runAttached(engine: ContainerEngine, container: Container, flags: RunFlags, streams: Streams): Promise<number> {
  const { runForeground } = require('../../../container/foreground.ts') as typeof import('../../../container/foreground.ts');
  try {
    return await runForeground(engine, container, {
      ...streams,
      tty: flags.tty,
      sigProxy: flags['sig-proxy'],
      ...(flags['detach-keys'] ? { detachKeys: flags['detach-keys'] } : {}),
      start: true,
    });
  } catch (error) {
    return giveUp(engine, container, flags, error);
  }
}

/** A container that did not start is not left behind with `--rm`. */
async function giveUp(engine: ContainerEngine, container: Container, flags: RunFlags, error: unknown): Promise<never> {
  if (flags.rm || flags.rmi) {
    const { removeContainer } = await import('../../../container/remove.ts');
    await removeContainer(engine, container, { force: true, volumes: true }).catch(() => {});
  }
  return rethrowStartFailure(error);
}

/** What keeps a container from starting ends `run` with 127 where something was not found, else 126: podman tells by the text. */
function rethrowStartFailure(error: unknown): never {
  if (!(error instanceof SelkieError) || error.exitCode !== 125) throw error;
  const exitCode = /not found|executable path is empty|no such file/i.test(error.message) ? 127 : 126;
  throw new SelkieError(error.message, { cause: error, exitCode });
}

async function removeImage(engine: ContainerEngine, name: string): Promise<void> {
  const { errors } = await engine.images.remove([name], { ignore: true });
  for (const error of errors) warn(`Failed to remove image: ${error.message}`);
}
