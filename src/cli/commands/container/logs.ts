import { parseEnd, parsePointInTime } from '../../../config/point-in-time.ts';
import type { Container } from '../../../container/container.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { checkReadable, readLog } from '../../../container/logs.ts';
import { selectContainers } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { type LogLineFormat, renderLogLine } from '../../output/log-line.ts';
import { writeError } from '../../streams.ts';

export default class ContainerLogs extends SelkieCommand {
  static override summary = 'Show the output of containers';
  static override examples = ['logs mycontainer', 'logs --follow --tail 10 mycontainer'];
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    color: flag.bool({ summary: "Colour each container's lines" }),
    details: flag.bool({ hidden: true, summary: 'Accepted; without effect' }),
    follow: flag.bool({ short: 'f', summary: 'Go on with what is yet to come' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    names: flag.bool({ short: 'n', summary: 'Show names, not IDs' }),
    since: flag.string({ summary: 'From this time, or this long ago' }),
    tail: flag.int({ default: -1, summary: 'Only this many lines from the end' }),
    timestamps: flag.bool({ short: 't', summary: 'Show times' }),
    until: flag.string({ summary: 'Until this time, or this long ago' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'specify at least one container name or ID to log',
    unless: ['latest'],
    complete: ['containers'],
  };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerLogs);
    const options = {
      follow: flags.follow,
      tail: flags.tail,
      since: instant(flags.since, 'since'),
      until: instant(flags.until, 'until'),
    };
    using engine = openContainers(this.globals);
    const selected = selectContainers(engine, { names: args, latest: flags.latest });
    for (const { container } of selected) checkReadable(container, flags.follow, engine.events.backend);
    const several = selected.length > 1;
    const show = (container: Container, at: number): Promise<void> =>
      this.show(engine, container, options, {
        prefix: several ? `${flags.names ? container.name : container.id.slice(0, 12)} ` : '',
        timestamps: flags.timestamps,
        color: flags.color ? at : undefined,
      });
    if (flags.follow) await Promise.all(selected.map(({ container }, at) => show(container, at)));
    else for (const [at, { container }] of selected.entries()) await show(container, at);
  }

  private async show(
    engine: ContainerEngine,
    container: Container,
    options: Parameters<typeof readLog>[2],
    format: LogLineFormat,
  ): Promise<void> {
    for await (const lines of readLog(engine, container, options)) {
      let held: Uint8Array[] = [];
      const flush = (device: string): void => {
        if (held.length === 0) return;
        const bytes = Buffer.concat(held);
        held = [];
        if (device === 'stdout') this.write(bytes);
        else writeError(bytes);
      };
      let device = '';
      for (const line of lines) {
        if (line.device !== device) flush(device);
        device = line.device;
        held.push(renderLogLine(line, format));
      }
      flush(device);
    }
  }
}

function instant(text: string, flagName: string): bigint | undefined {
  if (text === '') return undefined;
  try {
    return flagName === 'until' ? parseEnd(text) : parsePointInTime(text);
  } catch (error) {
    throw new SelkieError(`parsing --${flagName} ${JSON.stringify(text)}: ${(error as Error).message}`, { cause: error });
  }
}
