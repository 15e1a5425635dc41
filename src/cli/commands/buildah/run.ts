import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, pick } from '../../flag.ts';
import { fromAndRun } from '../../flags/buildah.ts';

export default class BuildahRun extends SelkieCommand {
  static override summary = '';
  static override flags = {
    ...pick(fromAndRun, 'cap-add', 'cap-drop', 'cgroupns', 'device', 'ipc', 'network', 'pid', 'uts', 'volume'),
    'add-history': flag.bool({ defaultText: 'false', summary: '' }),
    'cdi-config-dir': flag.string({ hidden: true, summary: '' }),
    contextdir: flag.string({ summary: '', complete: 'directories' }),
    env: flag.stringArray({ short: 'e', defaultText: '[]', summary: '' }),
    hostname: flag.string({ summary: '' }),
    isolation: flag.string({ valueName: 'type', summary: '', choices: ['chroot', 'oci', 'rootless'] }),
    mount: flag.stringArray({ defaultText: '[]', summary: '', complete: 'none' }),
    'no-hostname': flag.bool({ summary: '' }),
    'no-hosts': flag.bool({ summary: '' }),
    'no-pivot': flag.bool({ summary: '' }),
    runtime: flag.string({ defaultText: '"crun"', valueName: 'path', summary: '' }),
    'runtime-flag': flag.strings({ summary: '' }),
    terminal: flag.bool({ short: 't', aliases: ['tty'], summary: '' }),
    user: flag.string({ valueName: 'user[:group]', summary: '', complete: 'users' }),
    workingdir: flag.string({ summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container ID must be specified', complete: ['workingContainers', 'none'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
