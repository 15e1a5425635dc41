import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NoSuchContainer } from '../../../container/errors.ts';
import { parseEnvironment } from '../../../container/options/environment.ts';
import { SelkieError } from '../../../errors.ts';
import { calledAs } from '../../../os/self.ts';
import { NoSuchPod } from '../../../pod/errors.ts';
import { lookupPod } from '../../../pod/pod.ts';
import { containerServiceName, containerUnit } from '../../../systemd/container-unit.ts';
import { podUnits } from '../../../systemd/pod-units.ts';
import type { UnitOptions } from '../../../systemd/unit-options.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isJsonFormat, prettyJson } from '../../output/report.ts';
import { podmanVersion } from '../../version-facts.ts';

const deprecation = `
DEPRECATED command:
It is recommended to use Quadlets for running containers and pods under systemd.

Please refer to podman-systemd.unit(5) for details.`;

export default class GenerateSystemd extends SelkieCommand {
  static override summary = 'Write unit files for a container or pod';
  static override description = 'New set-ups had better use quadlet files.';
  static override examples = ['generate systemd --new --name web'];
  static override usage = '{CONTAINER|POD}';
  static override flags = {
    after: flag.stringArray({ summary: 'Units that have to be started before' }),
    'container-prefix': flag.string({ default: 'container', summary: 'What container units are called before the name' }),
    env: flag.stringArray({ short: 'e', summary: 'Variable for the units, as name=value' }),
    files: flag.bool({ short: 'f', summary: 'Write files, named after the units, into the current directory' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    name: flag.bool({ short: 'n', summary: 'Use names, not IDs' }),
    new: flag.bool({ summary: 'Make a new container at each start' }),
    'no-header': flag.bool({ summary: 'Leave out the header' }),
    'pod-prefix': flag.string({ default: 'pod', summary: 'What pod units are called before the name' }),
    requires: flag.stringArray({ summary: 'Units that have to run', complete: 'containers' }),
    'restart-policy': flag.string({ default: 'on-failure', summary: 'When systemd starts it again' }),
    'restart-sec': flag.uint({ summary: 'Seconds before systemd starts it again' }),
    separator: flag.string({ default: '-', summary: 'What stands between prefix and name' }),
    'start-timeout': flag.uint({ summary: 'Seconds that systemd waits for the start' }),
    'stop-timeout': flag.uint({ defaultText: '10', summary: 'Seconds that systemd waits for the stop' }),
    template: flag.bool({ summary: 'Make unit templates' }),
    time: flag.uint({ short: 't', aliases: ['timeout'], hidden: true, summary: 'Seconds to wait before killing' }),
    wants: flag.stringArray({ summary: 'Units that should run' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['containersAndPods'] };

  override run(): void {
    this.err(deprecation);
    const { flags, args } = this.parse(GenerateSystemd);
    const units = this.units(args[0]!, this.options());
    if (flags.files) {
      for (const [name, text] of units) {
        const path = resolve(`${name}.service`);
        writeFileSync(path, text);
        units.set(name, flags.format === '' ? `${path}\n` : path);
      }
    }
    if (isJsonFormat(flags.format))
      this.out(prettyJson(Object.fromEntries([...units].sort(([one], [other]) => (one < other ? -1 : 1))), ' '));
    else if (flags.format === '') this.write([...units.values()].join(''));
    else throw new SelkieError(`unknown --format argument: ${flags.format}`);
  }

  private options(): UnitOptions {
    const { flags, changed } = this.parse(GenerateSystemd);
    if (changed('new') && !flags.new && flags.template) throw new SelkieError('--template cannot be set with --new=false');
    if (changed('stop-timeout') && changed('time'))
      throw new SelkieError('stop-timeout and time are redundant and cannot be used together');
    return {
      isNew: flags.new || flags.template,
      useName: flags.name,
      isTemplate: flags.template,
      header: !flags['no-header'],
      containerPrefix: flags['container-prefix'],
      podPrefix: flags['pod-prefix'],
      separator: flags.separator,
      ...(changed('restart-policy') ? { restartPolicy: flags['restart-policy'] } : {}),
      ...(changed('restart-sec') ? { restartSec: flags['restart-sec'] } : {}),
      ...(changed('start-timeout') ? { startTimeout: flags['start-timeout'] } : {}),
      ...(changed('stop-timeout') ? { stopTimeout: flags['stop-timeout'] } : {}),
      ...(changed('time') ? { stopTimeout: flags.time } : {}),
      wants: flags.wants,
      after: flags.after,
      requires: flags.requires,
      env: Object.entries(parseEnvironment([...flags.env])).map(([name, value]) => `${name}=${value}`),
      version: podmanVersion,
      executable: calledAs().join(' '),
    };
  }

  private units(name: string, options: UnitOptions): Map<string, string> {
    using engine = openContainers(this.globals);
    const container = engine.state.find(name);
    if (container !== undefined) return new Map([[containerServiceName(container, options), containerUnit(engine, container, options)]]);
    try {
      return podUnits(engine, lookupPod(engine, name), options);
    } catch (error) {
      if (!(error instanceof NoSuchPod)) throw error;
      throw new SelkieError(`${name} does not refer to a container or pod: ${error.message}: ${new NoSuchContainer(name).message}`, {
        cause: error,
      });
    }
  }
}
