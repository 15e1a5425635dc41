import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, pick } from '../../flag.ts';
import { networking } from '../../flags/networking.ts';
import { registryAccess } from '../../flags/registry.ts';

export default class KubePlay extends SelkieCommand {
  static override summary = 'Make what a YAML file for Kubernetes describes';
  static override description =
    'Pods, Deployments, DaemonSets, Jobs, ConfigMaps, Secrets and PersistentVolumeClaims are understood. A dash reads from the input.';
  static override examples = ['kube play web.yaml', 'kube play --replace --network mynet web.yaml'];
  static override usage = '[KUBEFILE [KUBEFILE...]]|-';
  static override flags = {
    ...pick(networking, 'network', 'no-hostname', 'no-hosts'),
    ...registryAccess,
    annotation: flag.stringArray({ summary: 'Annotation of the containers, as key=value' }),
    build: flag.bool({ summary: 'Build images for which there is a directory with a Containerfile' }),
    configmap: flag.stringArray({ valueName: 'Pathname', summary: 'YAML file with a ConfigMap', complete: 'files' }),
    'context-dir': flag.string({ summary: 'Directory from which images are built', complete: 'directories' }),
    down: flag.bool({ hidden: true, summary: 'Remove what the file describes' }),
    force: flag.bool({ summary: 'With --down, remove volumes too' }),
    ip: flag.ips({ defaultText: '[]', summary: 'Address of a pod; may be repeated' }),
    'log-driver': flag.string({
      defaultText: '"k8s-file"',
      summary: 'Where the output of containers goes',
      choices: ['json-file', 'k8s-file', 'journald', 'none', 'passthrough', 'passthrough-tty'],
    }),
    'log-opt': flag.stringArray({ summary: 'Option of the log driver, as key=value' }),
    'mac-address': flag.strings({ summary: 'MAC address' }),
    'no-pod-prefix': flag.bool({ summary: 'Call containers by their names alone' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], hidden: true, summary: 'Show everything in full' }),
    publish: flag.strings({ summary: 'Port to publish, in place of those of the file' }),
    'publish-all': flag.bool({ summary: 'Publish all ports that containers announce' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing while images are pulled' }),
    replace: flag.bool({ summary: 'Take the place of what the file describes' }),
    'seccomp-profile-root': flag.string({
      default: '/var/lib/kubelet/seccomp',
      summary: 'Directory of seccomp profiles',
      complete: 'directories',
    }),
    'service-container': flag.bool({ hidden: true, summary: 'Hold the pods in a service container' }),
    start: flag.bool({ default: true, summary: 'Start the pods' }),
    userns: flag.string({ summary: 'User namespace: host, keep-id, auto, nomap, private, container:NAME or ns:PATH' }),
    wait: flag.bool({ short: 'w', summary: 'Wait until the pods end' }),
  };
  static override args: Arguments = { min: 1, complete: ['files'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
