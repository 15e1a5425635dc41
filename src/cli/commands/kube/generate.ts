import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class KubeGenerate extends SelkieCommand {
  static override summary = 'Write YAML for Kubernetes that describes containers, pods or volumes';
  static override examples = ['kube generate web', 'kube generate --service -f web.yaml web'];
  static override usage = '{CONTAINER...|POD...|VOLUME...}';
  static override flags = {
    filename: flag.string({ short: 'f', summary: 'Write to this file' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], hidden: true, summary: 'Show everything in full' }),
    'podman-only': flag.bool({ summary: 'Add annotations that only podman understands' }),
    replicas: flag.int32({ short: 'r', default: 1, summary: 'How many pods the Deployment has' }),
    service: flag.bool({ short: 's', summary: 'Make a Service too' }),
    type: flag.string({ short: 't', default: 'pod', summary: 'Kind to make: pod, deployment, daemonset or job' }),
  };
  static override args: Arguments = { min: 1, complete: ['everything'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
