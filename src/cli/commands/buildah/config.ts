import { changeConfig, type HealthChanges } from '../../../build/builder-config.ts';
import { parseDuration } from '../../../container/options/numbers.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import type { Parsed } from '../../flag.ts';
import { flag } from '../../flag.ts';
import { notesHistory, openBuilder } from '../../working-containers.ts';

export default class BuildahConfig extends SelkieCommand {
  static override summary = 'Change what the image of a working container will say';
  static override examples = ['config --entrypoint \'["/app"]\' --env A=1 mybuilder'];
  static override flags = {
    entrypoint: flag.string({
      valueName: 'entry point',
      summary: 'Program that containers of the image run, as JSON array or for the shell',
    }),
    env: flag.stringArray({
      short: 'e',
      defaultText: '[]',
      valueName: 'environment variable',
      summary: 'Variable of containers, as name=value; "name-" takes it away',
    }),
    os: flag.string({ valueName: 'operating system', summary: 'Operating system that the image is to say' }),
    'stop-signal': flag.string({ valueName: 'stop signal', summary: 'Signal that stops containers of the image', complete: 'signals' }),
    'add-history': flag.bool({ defaultText: 'false', summary: 'Note this step in the history of the image (default false)' }),
    annotation: flag.stringArray({
      short: 'a',
      defaultText: '[]',
      valueName: 'annotation',
      summary: 'Annotation of the result, as key=value',
    }),
    arch: flag.string({ valueName: 'architecture', summary: 'Architecture that the image is to say' }),
    author: flag.string({ valueName: 'information', summary: 'Author of the image' }),
    cmd: flag.string({ valueName: 'command', summary: 'Command that containers of the image run' }),
    comment: flag.string({ valueName: 'comment', summary: 'Comment in the image' }),
    'created-by': flag.string({ valueName: 'description', summary: 'What the history says about the next layer' }),
    domainname: flag.string({ valueName: 'name', summary: 'Domain of the containers' }),
    healthcheck: flag.string({ valueName: 'healthcheck', summary: 'Command that tells whether a container is healthy' }),
    'healthcheck-interval': flag.string({ valueName: 'interval', summary: 'How long between two checks' }),
    'healthcheck-retries': flag.int({ valueName: 'number', summary: 'How many checks must fail for it to be unhealthy' }),
    'healthcheck-start-interval': flag.string({ valueName: 'docker', summary: 'How long between two checks while it starts up' }),
    'healthcheck-start-period': flag.string({ valueName: 'time', summary: 'How long failures do not count after the start' }),
    'healthcheck-timeout': flag.string({ valueName: 'time', summary: 'How long a check may take' }),
    'history-comment': flag.string({ valueName: 'comment', summary: 'Comment in the history of the next layer' }),
    hostname: flag.string({ valueName: 'name', summary: 'Name of the host inside' }),
    label: flag.stringArray({ short: 'l', valueName: 'label', summary: 'Label, as key=value' }),
    onbuild: flag.strings({ summary: 'Instruction for builds that start from this image' }),
    'os-feature': flag.stringArray({ valueName: 'feature', summary: 'Feature that the system must have' }),
    'os-version': flag.string({ valueName: 'version', summary: 'Version of the system that the result is to say' }),
    port: flag.strings({ short: 'p', defaultText: '[]', valueName: 'port', summary: 'Port to announce' }),
    shell: flag.string({ valueName: 'shell', summary: 'Shell for RUN, CMD and ENTRYPOINT in shell form' }),
    unsetannotation: flag.strings({ summary: 'Annotation to leave out' }),
    unsetlabel: flag.strings({ summary: 'Label to leave out' }),
    user: flag.string({ short: 'u', valueName: 'user', summary: 'User that containers run as', complete: 'users' }),
    variant: flag.string({ valueName: 'variant', summary: 'Variant of the architecture that the image is to say' }),
    volume: flag.strings({
      short: 'v',
      defaultText: '[]',
      valueName: 'volume',
      summary: 'Directory that is to be a volume',
      complete: 'volumes',
    }),
    workingdir: flag.string({ valueName: 'directory', summary: 'Directory to run in' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container ID must be specified', complete: ['workingContainers'] };
  static override interspersed = false;

  override run(): void {
    const { flags, args, changed } = this.parse(BuildahConfig);
    refuseLateFlags(args);
    if (args.length > 1) throw new SelkieError('too many arguments specified');
    const when = <T>(name: keyof typeof flags & string, value: T): T | undefined => (changed(name as never) ? value : undefined);
    using images = openImages(this.globals);
    const builder = openBuilder(images, args[0]!);
    const notes = notesHistory(changed('add-history'), flags['add-history']);
    changeConfig(
      builder,
      {
        author: when('author', flags.author),
        createdBy: when('created-by', flags['created-by']),
        arch: when('arch', flags.arch),
        variant: when('variant', flags.variant),
        os: when('os', flags.os),
        osFeatures: when('os-feature', flags['os-feature']),
        osVersion: when('os-version', flags['os-version']),
        user: when('user', flags.user),
        shell: when('shell', flags.shell),
        stopSignal: when('stop-signal', flags['stop-signal']),
        ports: when('port', flags.port),
        env: flags.env,
        entrypoint: when('entrypoint', flags.entrypoint),
        cmd: when('cmd', flags.cmd),
        volumes: when('volume', flags.volume),
        healthcheck: toHealth(flags, (name) => changed(name as never)),
        labels: when('label', flags.label),
        unsetLabels: flags.unsetlabel,
        unsetAnnotations: flags.unsetannotation,
        workingDir: when('workingdir', flags.workingdir),
        comment: when('comment', flags.comment),
        historyComment: when('history-comment', flags['history-comment']),
        domainname: when('domainname', flags.domainname),
        hostname: when('hostname', flags.hostname),
        onbuild: when('onbuild', flags.onbuild),
        annotations: when('annotation', flags.annotation),
      },
      (instruction) => {
        if (notes) builder.addHistory(`/bin/sh -c #(nop) ${instruction}`);
      },
    );
    builder.save();
  }
}

function toHealth(flags: Parsed<typeof BuildahConfig.flags>, changed: (name: string) => boolean): HealthChanges | undefined {
  const names = ['interval', 'retries', 'start-period', 'start-interval', 'timeout'] as const;
  const given = names.filter((name) => changed(`healthcheck-${name}`));
  if (given.length === 0 && !changed('healthcheck')) return undefined;
  const duration = (name: 'interval' | 'start-period' | 'start-interval' | 'timeout'): number | undefined => {
    if (!given.includes(name)) return undefined;
    const text = flags[`healthcheck-${name}`];
    try {
      return parseDuration(text);
    } catch (error) {
      throw new SelkieError(`parsing --healthcheck-${name} ${JSON.stringify(text)}: ${(error as Error).message}`, { cause: error });
    }
  };
  return {
    command: changed('healthcheck') ? flags.healthcheck : undefined,
    interval: duration('interval'),
    startPeriod: duration('start-period'),
    startInterval: duration('start-interval'),
    timeout: duration('timeout'),
    retries: given.includes('retries') ? flags['healthcheck-retries'] : undefined,
    texts: given.map((name) => `--${name}=${flags[`healthcheck-${name}`]} `).join(''),
  };
}
