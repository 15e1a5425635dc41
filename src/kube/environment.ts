import { availableParallelism, totalmem } from 'node:os';
import type { ContainerEngine } from '../container/engine.ts';
import { InvalidKube } from './errors.ts';
import type { ConfigMap, EnvFrom, EnvVar, KubeContainer } from './objects.ts';
import { parseQuantity } from './quantity.ts';
import { secretValues } from './secrets.ts';

/** What variables of a container may be made of. */
export interface EnvironmentSources {
  engine: ContainerEngine;
  configMaps: readonly ConfigMap[];
  podName: string;
  podId: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** The variables of `envFrom` and, over them, of `env`. @throws InvalidKube NoSuchSecret */
export function containerVariables(container: KubeContainer, sources: EnvironmentSources): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const from of container.envFrom ?? []) Object.assign(variables, fromWhole(from, sources));
  for (const variable of container.env ?? []) {
    const value = variableValue(variable, container, sources);
    if (value !== undefined) variables[variable.name] = value;
  }
  return variables;
}

function fromWhole({ configMapRef, secretRef }: EnvFrom, { engine, configMaps }: EnvironmentSources): Record<string, string> {
  const variables: Record<string, string> = {};
  if (configMapRef) {
    const map = configMaps.find(({ metadata }) => metadata.name === configMapRef.name);
    if (!map && !configMapRef.optional) throw new InvalidKube(`configmap ${configMapRef.name} not found`);
    Object.assign(variables, map?.data);
  }
  if (secretRef) {
    try {
      for (const [key, value] of secretValues(engine, secretRef.name)) variables[key] = Buffer.from(value).toString('utf8');
    } catch (error) {
      if (!secretRef.optional) throw error;
    }
  }
  return variables;
}

function variableValue(variable: EnvVar, container: KubeContainer, sources: EnvironmentSources): string | undefined {
  const { name, value, valueFrom } = variable;
  if (!valueFrom) return value ?? '';
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (configMapKeyRef) {
    const map = sources.configMaps.find(({ metadata }) => metadata.name === configMapKeyRef.name);
    const found = map?.data?.[configMapKeyRef.key];
    if (found !== undefined || configMapKeyRef.optional) return found;
    throw new InvalidKube(
      map
        ? `cannot set env ${name}: key ${configMapKeyRef.key} not found in configmap ${configMapKeyRef.name}`
        : `cannot set env ${name}: configmap ${configMapKeyRef.name} not found`,
    );
  }
  if (secretKeyRef) return fromSecret(name, secretKeyRef, sources.engine);
  if (fieldRef) return fromField(name, fieldRef.fieldPath, sources);
  if (resourceFieldRef) return fromResource(name, resourceFieldRef.resource, resourceFieldRef.divisor, container);
  return '';
}

function fromSecret(
  variable: string,
  reference: { name: string; key: string; optional?: boolean },
  engine: ContainerEngine,
): string | undefined {
  try {
    const value = secretValues(engine, reference.name).get(reference.key);
    if (value !== undefined) return Buffer.from(value).toString('utf8');
    throw new InvalidKube(`secret ${reference.name} has not ${reference.key} key`);
  } catch (error) {
    if (reference.optional) return undefined;
    throw new InvalidKube(`cannot set env ${variable}: ${(error as Error).message}`, { cause: error });
  }
}

function fromField(variable: string, path: string, { podName, podId, labels, annotations }: EnvironmentSources): string {
  if (path === 'metadata.name') return podName;
  if (path === 'metadata.uid') return podId;
  const label = /^metadata\.labels\['(.+)'\]$/.exec(path);
  if (label) return labels[label[1]!] ?? '';
  const annotation = /^metadata\.annotations\['(.+)'\]$/.exec(path);
  if (annotation) return annotations[annotation[1]!] ?? '';
  throw new InvalidKube(`can not set env ${variable}. Reason: fieldPath ${path} is either not valid or not supported`);
}

const memoryDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

function fromResource(variable: string, resource: string, divisor: string | number | undefined, { resources = {} }: KubeContainer): string {
  const { limits = {}, requests = {} } = resources ?? {};
  const memory = parseQuantity(limits['memory']) || totalmem();
  const cpu = parseQuantity(limits['cpu']) || availableParallelism();
  const values: Record<string, number> = {
    'limits.memory': memory,
    'limits.cpu': cpu,
    'requests.memory': parseQuantity(requests['memory']) || memory,
    'requests.cpu': parseQuantity(requests['cpu']) || cpu,
  };
  const value = values[resource];
  if (value === undefined)
    throw new InvalidKube(`can not set env ${variable}. Reason: resource ${resource} is either not valid or not supported`);
  const unit = !divisor || divisor === '0' ? '1' : String(divisor);
  if (!(resource.endsWith('memory') ? memoryDivisors : ['1', '1m']).includes(unit))
    throw new InvalidKube(`can not set env ${variable}. Reason: divisor value ${unit} is not valid`);
  return String(Math.ceil(value / parseQuantity(unit)));
}
