import { goJson } from '../../../image/go-json.ts';
import { inspectManifest } from '../../../image/list-remote.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';

export default class ManifestInspect extends SelkieCommand {
  static override summary = 'Show a list, or the list that a registry has';
  static override examples = ['manifest inspect app', 'manifest inspect docker.io/library/alpine'];
  static override usage = 'IMAGE';
  static override flags = {
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    insecure: flag.bool({ hidden: true, summary: 'Accept HTTP and certificates that cannot be verified' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    verbose: flag.bool({ short: 'v', hidden: true, summary: 'Say more' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['manifests'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ManifestInspect);
    using images = openImages(this.globals);
    const insecure = changed('tls-verify') ? {} : { insecure: flags.insecure };
    const options = toCopyOptions({ authfile: flags.authfile, 'tls-verify': flags['tls-verify'], ...insecure }, changed);
    this.out(goJson(await inspectManifest(images, args[0]!, options), '    '));
  }
}
