import { SelkieError } from '../../../../errors.ts';
import { policyPath } from '../../../../image/policy-path.ts';
import { setTrust } from '../../../../image/trust.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class ImageTrustSet extends SelkieCommand {
  static override summary = 'Set what images of a registry have to be signed by';
  static override examples = ['image trust set --type accept quay.io'];
  static override usage = 'REGISTRY';
  static override flags = {
    policypath: flag.string({ hidden: true, summary: 'Change this policy in place of policy.json', complete: 'files' }),
    pubkeysfile: flag.stringArray({ short: 'f', summary: 'File with a public key that images must be signed with', complete: 'files' }),
    type: flag.string({ short: 't', default: 'signedBy', summary: 'Trust: accept, reject, signedBy or sigstoreSigned' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['registries'] };

  override run(): void {
    const { flags, args } = this.parse(ImageTrustSet);
    const [scope = ''] = args;
    if (!/^[a-zA-Z0-9-_.]+\/?:?[0-9]*[a-z0-9-/:]*$/.test(scope.split('/')[0]!)) throw new SelkieError(`invalid image uri: ${scope}`);
    setTrust(flags.policypath || policyPath(), scope, flags.type, flags.pubkeysfile);
  }
}
