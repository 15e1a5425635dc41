import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class BuildahManifestCreate extends SelkieCommand {
  static override summary = '';
  static override flags = {
    all: flag.bool({ summary: '' }),
    amend: flag.bool({ summary: '' }),
    annotation: flag.strings({ valueName: 'annotation', summary: '' }),
    arch: flag.string({ aliases: ['override-arch'], hidden: true, summary: '' }),
    insecure: flag.bool({ hidden: true, summary: '' }),
    os: flag.string({ aliases: ['override-os'], hidden: true, summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
  };
  static override args: Arguments = { min: 1 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
