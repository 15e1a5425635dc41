import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, pick } from '../../flag.ts';
import { networking } from '../../flags/networking.ts';
import { registryAccess } from '../../flags/registry.ts';

export default class KubePlay extends SelkieCommand {
  static override summary = '';
  static override usage = '[KUBEFILE [KUBEFILE...]]|-';
  static override flags = {
    ...pick(networking, 'network', 'no-hostname', 'no-hosts'),
    ...registryAccess,
    annotation: flag.stringArray({ summary: '' }),
    build: flag.bool({ summary: '' }),
    configmap: flag.stringArray({ valueName: 'Pathname', summary: '', complete: 'files' }),
    'context-dir': flag.string({ summary: '', complete: 'directories' }),
    down: flag.bool({ hidden: true, summary: '' }),
    force: flag.bool({ summary: '' }),
    ip: flag.ips({ defaultText: '[]', summary: '' }),
    'log-driver': flag.string({
      defaultText: '"k8s-file"',
      summary: '',
      choices: ['json-file', 'k8s-file', 'journald', 'none', 'passthrough', 'passthrough-tty'],
    }),
    'log-opt': flag.stringArray({ summary: '' }),
    'mac-address': flag.strings({ summary: '' }),
    'no-pod-prefix': flag.bool({ summary: '' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], hidden: true, summary: '' }),
    publish: flag.strings({ summary: '' }),
    'publish-all': flag.bool({ summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    replace: flag.bool({ summary: '' }),
    'seccomp-profile-root': flag.string({ default: '/var/lib/kubelet/seccomp', summary: '', complete: 'directories' }),
    'service-container': flag.bool({ hidden: true, summary: '' }),
    start: flag.bool({ default: true, summary: '' }),
    userns: flag.string({ summary: '' }),
    wait: flag.bool({ short: 'w', summary: '' }),
  };
  static override args: Arguments = { min: 1, complete: ['files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
