import { eventLine } from '../../../container/event-line.ts';
import { readEvents } from '../../../container/events-reader.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { eventView } from '../../output/event-view.ts';
import { isJsonFormat, renderObject, toGoJson } from '../../output/report.ts';
import { named } from '../../output/template/values.ts';

export default class SystemEvents extends SelkieCommand {
  static override summary = 'Show what has happened to containers, images and so on';
  static override examples = ['events --since 1h', 'events --filter event=died --stream=false'];
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    'no-trunc': flag.bool({ default: true, summary: 'Show everything in full' }),
    since: flag.string({ summary: 'From this time, or this long ago' }),
    stream: flag.bool({ default: true, summary: 'Go on with what is yet to come' }),
    until: flag.string({ summary: 'Until this time, or this long ago' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags, changed } = this.parse(SystemEvents);
    using engine = openContainers(this.globals);
    const events = readEvents(engine.events, {
      filters: flags.filter,
      since: flags.since === '' ? undefined : flags.since,
      until: flags.until === '' ? undefined : flags.until,
      stream: flags.stream,
    });
    const isJson = isJsonFormat(flags.format);
    for await (const event of events) {
      if (isJson) this.out(toGoJson(withoutEmpty(eventView(event))));
      else if (changed('format')) this.write(renderObject('events', flags.format, templateView(eventView(event))));
      else this.out(eventLine(event, !flags['no-trunc']));
    }
  }
}

const withoutEmpty = (view: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined));

/** Go's names of the fields; what an event lacks is empty, and not in its JSON. */
function templateView(view: Record<string, unknown>): object {
  const { network, time, timeNano, health_status, ContainerExitCode, ...rest } = view;
  const texts = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value ?? (name === 'Attributes' ? {} : '')]));
  const fields = {
    ...texts,
    ContainerExitCode: ContainerExitCode ?? null,
    Network: network ?? '',
    Time: time,
    TimeNano: timeNano,
    HealthStatus: health_status ?? '',
  };
  return named('system.Event', Object.defineProperty(fields, 'toJSON', { value: () => withoutEmpty(view) }));
}
