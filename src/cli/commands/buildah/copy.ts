import type { Arguments } from '../../arity.ts';
import { copyOrAdd } from '../../buildah-copy.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { copyAndAdd } from '../../flags/buildah.ts';

export default class BuildahCopy extends SelkieCommand {
  static override summary = 'Copy files into a working container';
  static override examples = ['copy mybuilder src /src', 'copy --from golang mybuilder /usr/local/go /usr/local/go'];
  static override flags = {
    ...copyAndAdd,
    parents: flag.bool({ summary: 'Keep the directories that lead to each source' }),
  };
  static override args: Arguments = { min: 1, complete: ['workingContainers', 'files'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahCopy);
    const digest = await copyOrAdd(this.globals, 'COPY', { flags, args, changed: (name) => changed(name as never) });
    if (!flags.quiet && digest !== '') this.out(digest);
  }
}
