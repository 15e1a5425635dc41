import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahMkcw extends SelkieCommand {
  static override summary = '';
  static override flags = {
    'add-file': flag.stringArray({ valueName: 'source:destination', summary: '' }),
    'attestation-url': flag.string({ short: 'u', summary: '' }),
    'base-image': flag.string({ short: 'b', summary: '' }),
    cpus: flag.int({ short: 'c', summary: '' }),
    'firmware-library': flag.string({ short: 'f', summary: '' }),
    'ignore-attestation-errors': flag.bool({ hidden: true, summary: '' }),
    memory: flag.int({ short: 'm', summary: '' }),
    passphrase: flag.string({ short: 'p', summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    slop: flag.string({ short: 's', default: '25%', summary: '' }),
    type: flag.string({ short: 't', summary: '' }),
    'workload-id': flag.string({ short: 'w', summary: '' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['images', 'none'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
