import { goJson } from '../../../../image/go-json.ts';
import { inspectManifest } from '../../../../image/list-remote.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { openImages } from '../../../engine.ts';
import { flag } from '../../../flag.ts';
import { toCopyOptions } from '../../../flags/copy-options.ts';

export default class BuildahManifestInspect extends SelkieCommand {
  static override summary = 'Show a list';
  static override examples = ['manifest inspect app'];
  static override flags = {
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1 };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahManifestInspect);
    using images = openImages(this.globals);
    this.out(goJson(await inspectManifest(images, args[0]!, toCopyOptions(flags, changed)), '    '));
  }
}
