import type { Arguments } from '../../arity.ts';
import { copyOrAdd } from '../../buildah-copy.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahCopy extends SelkieCommand {
  static override summary = 'Copy files into a working container';
  static override examples = ['copy mybuilder src /src', 'copy --from golang mybuilder /usr/local/go /usr/local/go'];
  static override flags = {
    'add-history': flag.bool({ defaultText: 'false', summary: 'Note this step in the history of the image (default false)' }),
    authfile: flag.string({ hidden: true, summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: 'Directory that keeps blobs for another use' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    checksum: flag.string({ summary: 'Digest that the downloaded file must have' }),
    chmod: flag.string({ summary: 'Permissions of what is copied' }),
    chown: flag.string({ summary: 'Owner and group of what is copied' }),
    contextdir: flag.string({ summary: 'Directory to which paths of the source are relative', complete: 'directories' }),
    creds: flag.string({ hidden: true, summary: 'Name and password for the registry', complete: 'none' }),
    'decryption-key': flag.strings({ hidden: true, summary: 'Key for encrypted layers: FILE[:PASSPHRASE]', complete: 'files' }),
    exclude: flag.strings({ summary: 'Leave out what matches this pattern' }),
    from: flag.string({ summary: 'Copy from this container or image' }),
    ignorefile: flag.string({ summary: 'File with patterns of what is not copied', complete: 'files' }),
    link: flag.bool({ summary: 'Make a layer of its own of what is copied' }),
    parents: flag.bool({ summary: 'Keep the directories that lead to each source' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'remove-signatures': flag.bool({ hidden: true, summary: 'Leave signatures out' }),
    retry: flag.int({ default: 3, summary: 'How often to try again' }),
    'retry-delay': flag.string({ default: '2s', summary: 'How long to wait before trying again' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    timestamp: flag.string({ valueName: 'seconds', summary: 'Set times of what is copied to this, in seconds since 1970' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1, complete: ['workingContainers', 'files'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahCopy);
    const parents = flags.parents;
    const given = (flagName: string): boolean => changed(flagName as never);
    const digest = await copyOrAdd(this.globals, 'COPY', { flags: { ...flags, parents }, args, changed: given });
    if (!flags.quiet && digest !== '') this.out(digest);
  }
}
