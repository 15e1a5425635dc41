import { buildablePlatforms } from '../../../image/buildable-platforms.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildxInspect extends SelkieCommand {
  static override summary = 'Say which platforms can be built for';
  static override examples = ['buildx inspect'];
  static override flags = {
    bootstrap: flag.bool({ hidden: true, summary: 'Accepted for scripts written for docker; without effect' }),
  };

  override run(): void {
    this.out(`Name:   default
Driver: podman

Nodes:
Name:             default
Endpoint:         default
Status:           running
Buildkit version: N/A
Platforms:        ${buildablePlatforms().join(', ')}
Labels: `);
  }
}
