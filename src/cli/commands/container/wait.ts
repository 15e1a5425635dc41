import { parseDuration } from '../../../container/options/numbers.ts';
import { type Selected, selectContainers } from '../../../container/selection.ts';
import { checkConditions, waitForContainer } from '../../../container/wait.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class ContainerWait extends SelkieCommand {
  static override summary = 'Wait for containers and print their exit codes';
  static override examples = ['wait mycontainer', 'wait --condition healthy mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    condition: flag.strings({ summary: 'Wait for this state; may be repeated' }),
    'exit-first-match': flag.bool({ summary: 'Return at the first container that gets there' }),
    ignore: flag.bool({ summary: 'What is not there is no error' }),
    interval: flag.string({ short: 'i', default: '250ms', summary: 'How long between two looks' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: '"{path}" requires a name, id, or the "--latest" flag',
    unless: ['latest'],
    complete: ['containers'],
  };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerWait);
    if (flags.latest && args.length > 0) throw new SelkieError('--latest and containers cannot be used together');
    checkInterval(flags.interval);
    using engine = openContainers(this.globals);
    const errors: SelkieError[] = [];
    const find = (names: readonly string[]): Selected[] =>
      selectContainers(engine, { names, latest: flags.latest, missing: flags.ignore ? () => {} : undefined });
    // One name at a time, so that an absent one keeps its place among the exit codes.
    const selected = flags.latest ? find([]) : args.map((name) => find([name])[0]);
    checkConditions(flags.condition);
    const waits = selected.map((one) =>
      one === undefined ? Promise.resolve(-1) : waitForContainer(engine, one.container, flags.condition),
    );
    if (flags['exit-first-match'] && waits.length > 0) {
      this.out(String(await Promise.race(waits)));
      return;
    }
    for (const wait of waits) {
      try {
        this.out(String(await wait));
      } catch (error) {
        if (!(error instanceof SelkieError)) throw error;
        errors.push(error);
      }
    }
    throwLast(errors);
  }
}

/** A number without a unit is of milliseconds. */
function checkInterval(text: string): void {
  try {
    parseDuration(text);
  } catch (error) {
    try {
      parseDuration(`${text}ms`);
    } catch {
      throw error;
    }
  }
}
