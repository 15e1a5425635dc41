import { NoSuchContainer } from '../../../container/errors.ts';
import { cleanUpAfterExit, cleanUpExecSession } from '../../../container/exit-cleanup.ts';
import { selectContainers } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { eachContainer } from '../../each-container.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerCleanup extends SelkieCommand {
  static override summary = 'Unmount and disconnect containers that have ended';
  static override description = 'Done by itself at the end of a container.';
  static override examples = ['container cleanup --latest'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    exec: flag.string({ summary: 'Clean up after this exec session' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    rm: flag.bool({ summary: 'Remove the container too' }),
    rmi: flag.bool({ summary: 'Remove the image too' }),
    'stopped-only': flag.bool({ hidden: true, summary: 'Only when it has stopped' }),
  };
  static override args: Arguments = { namesOrAll: true, complete: ['containersExited'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerCleanup);
    if (flags.exec !== '' && flags.exec !== undefined) {
      if (flags.all || flags.latest) throw new SelkieError('exec option conflicts with --all and --latest');
      if (args.length > 1) throw new SelkieError('cannot use exec option when more than one container is given');
      if (flags.rmi) throw new SelkieError('exec option conflicts with --rmi');
    }
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, {
      names: args,
      all: flags.all,
      latest: flags.latest,
      missing: () => {},
    });
    await eachContainer(
      selected,
      ({ container }) =>
        flags.exec
          ? cleanUpExecSession(engine, container, flags.exec, flags.rm)
          : cleanUpAfterExit(engine, container, { stoppedOnly: flags['stopped-only'], remove: flags.rm, removeImage: flags.rmi }),
      { print: () => {}, passOver: (error) => error instanceof NoSuchContainer },
    );
  }
}
