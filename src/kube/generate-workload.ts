import { InvalidKube } from './errors.ts';
import type { GenerateOptions } from './generate.ts';
import type { GeneratedPod } from './generate-pod.ts';

/** The pod by itself, or in the object of the kind that is asked for. @throws InvalidKube where the kind cannot have it */
export function workloadOf(pod: GeneratedPod, { type, replicas }: Pick<GenerateOptions, 'type' | 'replicas'>): object {
  const { ports: _, ...plain } = pod;
  const { metadata, spec } = pod;
  const labels = { ...metadata.labels, app: metadata.name };
  const template = { metadata: { ...metadata, labels }, spec };
  const outer = (kind: string) => ({
    metadata: { creationTimestamp: metadata.creationTimestamp, labels, name: `${metadata.name}-${kind}` },
  });
  const selector = { matchLabels: { app: metadata.name } };
  const always = spec.restartPolicy === undefined || spec.restartPolicy === 'Always';
  switch (type) {
    case 'pod':
      return plain;
    case 'deployment':
      if (!always) throw new InvalidKube('k8s Deployments can only have restartPolicy set to Always');
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        ...outer('deployment'),
        spec: { ...(replicas > 1 ? { replicas } : {}), selector, template },
      };
    case 'daemonset':
      if (!always) throw new InvalidKube('k8s DaemonSets can only have restartPolicy set to Always');
      return { apiVersion: 'apps/v1', kind: 'DaemonSet', ...outer('daemonset'), spec: { selector, template, updateStrategy: {} } };
    case 'job':
      if (spec.restartPolicy === 'Always')
        throw new InvalidKube('k8s Jobs can not have restartPolicy set to Always; only Never and OnFailure policies allowed');
      return {
        apiVersion: 'batch/v1',
        kind: 'Job',
        ...outer('job'),
        spec: { completions: 1, parallelism: 1, template: { ...template, spec: { ...spec, restartPolicy: 'Never' } } },
      };
    default:
      throw new InvalidKube('invalid generation type - only pods, deployments, jobs, and daemonsets are currently supported');
  }
}
