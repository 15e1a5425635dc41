import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit, pick } from '../../flag.ts';
import { signing } from '../../flags/signing.ts';
import { endpoint, endpoints } from '../../flags/skopeo.ts';

export default class SkopeoSync extends SelkieCommand {
  static override summary = 'Copy many images from one place to another';
  static override description = 'The source is a repository, a directory or a YAML file that lists repositories and tags.';
  static override examples = [
    'sync --src docker --dest dir registry.example.com/app ./mirror',
    'sync --src yaml --dest docker images.yaml registry.example.com/mirror',
  ];
  static override usage = '--src TRANSPORT --dest TRANSPORT SOURCE DESTINATION';
  static override flags = {
    ...omit(signing, 'sign-by'),
    ...endpoints,
    ...pick(endpoint, 'authfile', 'retry-delay', 'retry-times'),
    all: flag.bool({ short: 'a', summary: 'Every image of a list' }),
    'append-suffix': flag.string({ summary: 'Text put behind each tag at the destination' }),
    dest: flag.string({ short: 'd', summary: 'Transport of the destination: docker or dir' }),
    digestfile: flag.string({ summary: 'Write source and digest of each image to this file', complete: 'files' }),
    'dry-run': flag.bool({ summary: 'Say only what would be copied' }),
    format: flag.string({ short: 'f', summary: 'Type of the manifest: oci, v2s1 or v2s2' }),
    'keep-going': flag.bool({ summary: 'Go on when an image cannot be copied' }),
    'preserve-digests': flag.bool({ summary: 'Fail when the image would have to be changed' }),
    'remove-signatures': flag.bool({ summary: 'Leave signatures out' }),
    scoped: flag.bool({ summary: "Keep the source's whole name at the destination" }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by GnuPG with this key' }),
    src: flag.string({ short: 's', summary: 'Transport of the source: docker, dir or yaml' }),
  };
  static override args: Arguments = {
    min: 2,
    max: 2,
    tooFew: 'Exactly two arguments expected',
    tooMany: 'Exactly two arguments expected',
    helpFirst: true,
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
