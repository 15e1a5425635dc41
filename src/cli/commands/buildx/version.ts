import { SelkieCommand } from '../../command.ts';

export default class BuildxVersion extends SelkieCommand {
  static override summary = 'Print the version of the builder';
  static override examples = ['buildx version'];

  override run(): void {
    this.out('buildah 1.43.2');
  }
}
