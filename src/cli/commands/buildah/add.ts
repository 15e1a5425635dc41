import type { Arguments } from '../../arity.ts';
import { copyOrAdd } from '../../buildah-copy.ts';
import { SelkieCommand } from '../../command.ts';
import { copyAndAdd } from '../../flags/buildah.ts';

export default class BuildahAdd extends SelkieCommand {
  static override summary = 'Put files into a working container, unpacking archives';
  static override description = 'Sources are files, directories, archives and addresses; several need a directory as destination.';
  static override examples = ['add mybuilder app.tar.gz /opt'];
  static override flags = copyAndAdd;
  static override args: Arguments = { min: 1, complete: ['workingContainers', 'files'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahAdd);
    const digest = await copyOrAdd(this.globals, 'ADD', { flags, args, changed: (name) => changed(name as never) });
    if (!flags.quiet && digest !== '') this.out(digest);
  }
}
