import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { endpoint } from '../../flags/skopeo.ts';

export default class SkopeoListTags extends SelkieCommand {
  static override summary = 'List the tags of a repository or archive';
  static override examples = ['list-tags docker://alpine', 'list-tags docker-archive:app.tar'];
  static override usage = 'SOURCE-IMAGE';
  static override flags = {
    ...endpoint,
  };
  static override args: Arguments = { complete: ['transports'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
