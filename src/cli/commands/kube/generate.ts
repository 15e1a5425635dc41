import { existsSync, writeFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import { generateKube } from '../../../kube/generate.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { configuredKubeType } from '../../flags/configured.ts';
import { podmanVersion } from '../../version-facts.ts';

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
    type: flag.string({
      short: 't',
      default: 'pod',
      configuredDefault: configuredKubeType,
      summary: 'Kind to make: pod, deployment, daemonset or job',
    }),
  };
  static override args: Arguments = { min: 1, complete: ['containersPodsAndVolumes'] };

  override run(): void {
    const { flags, args, changed } = this.parse(KubeGenerate);
    using engine = openContainers(this.globals);
    const text = generateKube(engine, args, {
      type: changed('type') ? flags.type : engine.conf.engine.kube_generate_type,
      replicas: flags.replicas,
      service: flags.service,
      podmanOnly: flags['podman-only'],
      version: podmanVersion,
    });
    if (!changed('filename')) {
      this.out(text);
      return;
    }
    if (existsSync(flags.filename)) throw new SelkieError(`cannot write to ${JSON.stringify(flags.filename)}; file exists`);
    writeFileSync(flags.filename, text, { mode: 0o644, flag: 'wx' });
  }
}
