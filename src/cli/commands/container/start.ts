import type { Container } from '../../../container/container.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { InvalidContainerArgument, WrongState } from '../../../container/errors.ts';
import { runForeground } from '../../../container/foreground.ts';
import { selectContainers } from '../../../container/selection.ts';
import { startContainer } from '../../../container/start.ts';
import { syncState } from '../../../container/sync-state.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachContainer } from '../../each-container.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { detachKeys } from '../../flags/configured.ts';

export default class ContainerStart extends SelkieCommand {
  static override summary = 'Start containers';
  static override examples = ['start mycontainer', 'start --attach --interactive mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ summary: 'Every container' }),
    attach: flag.bool({ short: 'a', summary: "Attach to the container's output, and to its input with --interactive" }),
    'detach-keys': detachKeys,
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    interactive: flag.bool({ short: 'i', summary: 'Keep the input open' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'sig-proxy': flag.bool({
      defaultText: 'true if attaching, false otherwise',
      summary: 'Pass signals on to the container (default true if attaching, false otherwise)',
    }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'start requires at least one argument',
    unless: ['all', 'latest', 'filter'],
    complete: ['containersStartable'],
  };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerStart);
    const sigProxy = changed('sig-proxy') ? flags['sig-proxy'] : flags.attach;
    if (sigProxy && !flags.attach) throw new InvalidContainerArgument('you cannot use sig-proxy without --attach');
    if (flags.all && flags.latest) throw new SelkieError('--all and --latest cannot be used together');
    if (args.length > 0 && flags.latest) throw new SelkieError('--latest and containers cannot be used together');
    if (args.length > 1 && flags.attach) throw new SelkieError('you cannot start and attach multiple containers at once');
    if (args.length > 0 && flags.all) throw new SelkieError('either start all containers or the container(s) provided in the arguments');
    if (flags.attach && flags.all) throw new SelkieError('you cannot start and attach all containers at once');
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, { names: args, all: flags.all, latest: flags.latest, filters: flags.filter });
    if (flags.attach) {
      const { container } = selected[0]!;
      syncState(engine, container);
      this.exitCode = await runForeground(engine, container, {
        stdin: container.config.stdin || container.config.tty,
        stdout: true,
        stderr: true,
        tty: container.config.tty,
        sigProxy,
        detachKeys: changed('detach-keys') ? flags['detach-keys'] : undefined,
        start: !container.isRunning,
      }).catch((error: unknown) => giveUp(engine, container, container.id, error));
      return;
    }
    await eachContainer(
      flags.all ? selected.filter(({ container }) => !container.isRunning) : selected,
      async ({ container }) => {
        syncState(engine, container);
        if (container.state.status === 'running') return;
        await startContainer(engine, container).catch((error: unknown) => giveUp(engine, container, `"${container.id}"`, error));
      },
      { print: (text) => this.out(text), passOver: (error) => flags.all && error instanceof WrongState },
    );
  }
}

/** A container that did not start is not left behind where it was made with `--rm`. */
async function giveUp(engine: ContainerEngine, container: Container, name: string, error: unknown): Promise<never> {
  if (!(error instanceof SelkieError) || error instanceof WrongState) throw error;
  if (container.config.autoRemove && !container.isRunning) {
    const { removeContainer } = await import('../../../container/remove.ts');
    await removeContainer(engine, container, { volumes: true }).catch(() => {});
  }
  throw new SelkieError(`unable to start container ${name}: ${error.message}`, { cause: error, exitCode: 125 });
}
