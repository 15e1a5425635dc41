import type { CreateOptions } from '../container/create-options.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { SelkieError } from '../errors.ts';
import { createPod, podResources } from '../pod/create.ts';
import { joinPod as join } from '../pod/membership.ts';
import { lookupPod, type Pod } from '../pod/pod.ts';
import { removePod } from '../pod/remove.ts';
import { readPodIdFile } from '../pod/selection.ts';
import type { CreateRequest } from './new-container.ts';

/** Makes the container that is to be created a member of the pod that `--pod` or `--pod-id-file` names. */
export async function joinPod(
  engine: ContainerEngine,
  { flags }: CreateRequest,
  options: CreateOptions,
): Promise<{ takeBack(): Promise<unknown> }> {
  if (flags.pod !== '' && flags['pod-id-file'] !== '') throw new SelkieError('cannot specify both --pod and --pod-id-file');
  const name = flags.pod || readPodIdFile(flags['pod-id-file']);
  const isNew = name.startsWith('new:');
  const pod = isNew ? await newPod(engine, name.slice('new:'.length), options) : lookupPod(engine, name);
  join(engine, pod, options);
  return { takeBack: async () => (isNew ? await removePod(engine, pod) : undefined) };
}

const network = [
  'network',
  'networks',
  'networkModeOptions',
  'ports',
  'expose',
  'publishAll',
  'dnsServers',
  'dnsSearch',
  'dnsOptions',
  'useImageResolvConf',
  'addHosts',
  'noHosts',
  'noHostname',
  'hostsFile',
] as const;

/** `--pod new:NAME`: what was asked about the network and the host's name is the pod's, no more the container's. */
async function newPod(engine: ContainerEngine, name: string, options: CreateOptions): Promise<Pod> {
  if (name === '') throw new SelkieError('new pod name must be at least one character');
  const infra: CreateOptions = { image: engine.conf.engine.infra_image, readOnly: true };
  for (const key of network) {
    if (key !== 'expose' && key !== 'publishAll') Object.assign(infra, { [key]: options[key] });
    delete options[key];
  }
  const { hostname, pid, userns, idMappings, createCommand } = options;
  delete options.hostname;
  const { cpu } = podResources(options);
  return await createPod(engine, {
    name,
    ...(hostname ? { hostname } : {}),
    ...(createCommand ? { createCommand } : {}),
    ...(options.restartPolicy ? { restartPolicy: options.restartPolicy, restartRetries: options.restartRetries ?? 0 } : {}),
    ...(cpu ? { resources: { cpu } } : {}),
    infra: {
      ...infra,
      ...(hostname ? { hostname } : {}),
      ...(pid ? { pid } : {}),
      ...(userns ? { userns } : {}),
      ...(idMappings ? { idMappings } : {}),
    },
  });
}
