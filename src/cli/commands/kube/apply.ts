import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class KubeApply extends SelkieCommand {
  static override summary = 'Send containers, pods or volumes to a Kubernetes cluster';
  static override examples = ['kube apply --kubeconfig config -f web.yaml'];
  static override usage = '[CONTAINER...|POD...|VOLUME...]';
  static override flags = {
    'ca-cert-file': flag.string({ summary: 'Certificate authority of the cluster' }),
    file: flag.string({ short: 'f', summary: 'YAML file to apply', complete: 'files' }),
    kubeconfig: flag.string({ short: 'k', summary: 'Configuration that tells how to reach the cluster' }),
    ns: flag.string({ aliases: ['namespace'], summary: 'Namespace of the cluster' }),
    service: flag.bool({ short: 's', summary: 'Make a Service too' }),
  };
  static override args: Arguments = { complete: ['containersPodsAndVolumes'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
