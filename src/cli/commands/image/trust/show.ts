import { readFileSync } from 'node:fs';
import { SelkieError } from '../../../../errors.ts';
import { goJson } from '../../../../image/go-json.ts';
import { policyPath } from '../../../../image/policy-path.ts';
import { trustEntries } from '../../../../image/trust.ts';
import { systemText } from '../../../../os/system-text.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';
import { renderTable } from '../../../output/table.ts';

export default class ImageTrustShow extends SelkieCommand {
  static override summary = 'Show what images have to be signed by';
  static override examples = ['image trust show'];
  static override usage = '[REGISTRY]';
  static override flags = {
    json: flag.bool({ short: 'j', summary: 'As JSON' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    policypath: flag.string({ hidden: true, summary: 'Show this policy in place of policy.json', complete: 'files' }),
    raw: flag.bool({ summary: 'Show the policy as it is stored' }),
    registrypath: flag.string({ hidden: true, summary: 'Directory with the locations of signatures' }),
  };
  static override args: Arguments = { max: 1, complete: ['registries'] };

  override async run(): Promise<void> {
    const { flags } = this.parse(ImageTrustShow);
    const path = flags.policypath || policyPath();
    const text = readPolicy(path);
    if (flags.raw) {
      this.out(text);
      return;
    }
    const entries = await trustEntries(text, path, flags.registrypath || undefined);
    if (flags.json) this.out(goJson(entries, '  '));
    else {
      const rows = entries.map((entry) => [entry.transport, entry.repo_name ?? '', entry.type, entry.gpg_id ?? '', entry.sigstore ?? '']);
      this.write(renderTable(flags.noheading ? undefined : ['TRANSPORT', 'NAME', 'TYPE', 'ID', 'STORE'], rows));
    }
  }
}

function readPolicy(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SelkieError(systemText(cause as Error), { cause });
  }
}
