import { listExists } from '../../../../image/list-edit.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { openImages } from '../../../engine.ts';

export default class BuildahManifestExists extends SelkieCommand {
  static override summary = 'Tell by the exit code whether there is a list';
  static override examples = ['manifest exists app'];
  static override args: Arguments = { min: 1, max: 1 };

  override run(): void {
    const { args } = this.parse(BuildahManifestExists);
    using images = openImages(this.globals);
    if (!listExists(images, args[0]!)) this.exitCode = 1;
  }
}
