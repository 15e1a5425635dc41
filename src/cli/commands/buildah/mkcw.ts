import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahMkcw extends SelkieCommand {
  static override summary = 'Make a confidential workload of an image';
  static override examples = ['mkcw app app:secret'];
  static override flags = {
    'add-file': flag.stringArray({ valueName: 'source:destination', summary: 'Put a local file into the image: SOURCE:DESTINATION' }),
    'attestation-url': flag.string({ short: 'u', summary: 'Address of the attestation service' }),
    'base-image': flag.string({ short: 'b', summary: 'Image that the workload is to be based on' }),
    cpus: flag.int({ short: 'c', summary: 'CPUs that the workload expects' }),
    'firmware-library': flag.string({ short: 'f', summary: 'Firmware library for the workload' }),
    'ignore-attestation-errors': flag.bool({ hidden: true, summary: 'Go on when the attestation service fails' }),
    memory: flag.int({ short: 'm', summary: 'Memory that the workload expects, in MiB' }),
    passphrase: flag.string({ short: 'p', summary: 'Passphrase for the encrypted disk' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    slop: flag.string({ short: 's', default: '25%', summary: 'Space to add to the encrypted disk' }),
    type: flag.string({ short: 't', summary: 'Kind of confidential hardware: SEV or SNP' }),
    'workload-id': flag.string({ short: 'w', summary: 'Identity of the workload' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['images', 'none'] };
  static override interspersed = false;

  override run(): void {
    throw new SelkieError(
      'mkcw is not available: selkie makes no confidential workloads, which take an encrypted disk image and a server that attests',
    );
  }
}
