import { runForeground } from '../../../container/foreground.ts';
import { selectContainers } from '../../../container/selection.ts';
import { syncState } from '../../../container/sync-state.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { detachKeys } from '../../flags/configured.ts';

export default class ContainerAttach extends SelkieCommand {
  static override summary = 'Attach the terminal to a running container';
  static override description = 'The keys of --detach-keys leave the container running.';
  static override examples = ['attach mycontainer'];
  static override usage = 'CONTAINER';
  static override flags = {
    'detach-keys': detachKeys,
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-stdin': flag.bool({ summary: 'Do not attach to the input' }),
    'sig-proxy': flag.bool({ default: true, summary: 'Pass signals on to the container' }),
  };
  static override args: Arguments = { orLatest: true, complete: ['containersRunning'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerAttach);
    using engine = openContainers(this.globals);
    const { container } = selectContainers(engine, { names: args, latest: flags.latest })[0]!;
    syncState(engine, container);
    if (container.state.status !== 'running')
      throw new SelkieError(`attaching to container ${container.id}: you can only attach to running containers`);
    if (container.config.log.driver.startsWith('passthrough')) {
      throw new SelkieError(
        `this container is using the '${container.config.log.driver}' log driver, cannot attach: this container is not logging output`,
      );
    }
    await runForeground(engine, container, {
      stdin: !flags['no-stdin'],
      stdout: true,
      stderr: true,
      tty: container.config.tty,
      sigProxy: flags['sig-proxy'],
      detachKeys: changed('detach-keys') ? flags['detach-keys'] : undefined,
      start: false,
    }).catch((error: unknown) => {
      throw error instanceof SelkieError
        ? new SelkieError(`attaching to container ${container.id}: ${error.message}`, { cause: error })
        : error;
    });
    // Whatever the container's exit code is; the line after its last, where that was not ended.
    this.out('');
  }
}
