import { runInBuilder } from '../../../build/builder-run.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag, pick } from '../../flag.ts';
import { toIsolationKind } from '../../flags/build-run.ts';
import { fromAndRun } from '../../flags/buildah.ts';
import { toNamespaceChoices } from '../../flags/namespace-choices.ts';
import { isTerminal } from '../../is-terminal.ts';
import { notesHistory, openBuilder } from '../../working-containers.ts';

export default class BuildahRun extends SelkieCommand {
  static override summary = 'Run a command in a working container';
  static override examples = ['run mybuilder -- dnf install -y gcc'];
  static override flags = {
    ...pick(fromAndRun, 'cap-add', 'cap-drop', 'cgroupns', 'device', 'ipc', 'network', 'pid', 'uts', 'volume'),
    'add-history': flag.bool({ defaultText: 'false', summary: 'Note this step in the history of the image (default false)' }),
    'cdi-config-dir': flag.string({ hidden: true, summary: 'Directory with descriptions of CDI devices' }),
    contextdir: flag.string({ summary: 'Directory to which paths of the source are relative', complete: 'directories' }),
    env: flag.stringArray({ short: 'e', defaultText: '[]', summary: "Variable, as name=value; the name alone takes over the caller's" }),
    hostname: flag.string({ summary: 'Name of the host inside' }),
    isolation: flag.string({
      valueName: 'type',
      summary: 'How steps are run: oci, rootless or chroot',
      choices: ['chroot', 'oci', 'rootless'],
    }),
    mount: flag.stringArray({ defaultText: '[]', summary: 'Mount: type=TYPE,source=...,destination=...[,option=...]', complete: 'none' }),
    'no-hostname': flag.bool({ summary: 'Leave /etc/hostname as the image has it' }),
    'no-hosts': flag.bool({ summary: 'Leave /etc/hosts as the image has it' }),
    'no-pivot': flag.bool({ summary: 'Use chroot(2) in place of pivot_root(2)' }),
    runtime: flag.string({ defaultText: '"crun"', valueName: 'path', summary: 'OCI runtime: a name or a path' }),
    'runtime-flag': flag.strings({ summary: 'Hand this flag on to the OCI runtime' }),
    terminal: flag.bool({ short: 't', aliases: ['tty'], summary: 'Give the process a terminal' }),
    user: flag.string({ valueName: 'user[:group]', summary: 'User, and group after a colon, to run as', complete: 'users' }),
    workingdir: flag.string({ summary: 'Directory to run in' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container ID must be specified', complete: ['workingContainers', 'none'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahRun);
    const [name = '', ...rest] = args;
    const command = rest[0] === '--' ? rest.slice(1) : rest;
    if (command.length === 0) throw new SelkieError('command must be specified');
    using images = openImages(this.globals);
    using builder = openBuilder(images, name);
    await runInBuilder(images, builder, {
      args: command,
      env: flags.env,
      user: flags.user || undefined,
      workingDir: flags.workingdir || undefined,
      hostname: flags.hostname || undefined,
      terminal: changed('terminal') ? flags.terminal : isTerminal(0) && isTerminal(1),
      capAdd: flags['cap-add'],
      capDrop: flags['cap-drop'],
      network: flags.network === 'container' ? 'private' : flags.network,
      volumes: flags.volume,
      mounts: flags.mount,
      contextDir: flags.contextdir || undefined,
      runtime: flags.runtime || undefined,
      runtimeFlags: [...flags['runtime-flag'].map((text) => `--${text}`)],
      isolation: changed('isolation') ? toIsolationKind(flags.isolation) : undefined,
      namespaces: toNamespaceChoices(flags, changed as (name: string) => boolean),
      devices: flags.device,
      cdiDirectories: flags['cdi-config-dir'] ? [flags['cdi-config-dir']] : [],
      noHosts: flags['no-hosts'],
      noHostname: flags['no-hostname'],
      noPivot: flags['no-pivot'],
    });
    if (!notesHistory(changed('add-history'), flags['add-history'])) return;
    const shell = builder.config.Shell?.length ? builder.config.Shell.join(' ') : '/bin/sh -c';
    builder.addHistory(`${shell} ${command.join(' ')}`);
    builder.save();
  }
}
