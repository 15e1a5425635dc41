import { parseAllDocuments } from 'yaml';
import { warn } from '../diagnostics.ts';
import { InvalidKube } from './errors.ts';
import type { ConfigMap, KubeContainer, KubeObject, ObjectMeta, PodSpec, PodTemplate } from './objects.ts';

/** A number with a leading zero is octal to Kubernetes' reader of YAML, as in `defaultMode: 0644`. */
const octal = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?0[0-7]+$/,
  resolve: (text: string) => Number.parseInt(text, 8),
};

/** The objects in a YAML file, lists taken apart: what pods need comes before them. @throws InvalidKube */
export function readObjects(content: string): KubeObject[] {
  const documents = parseAllDocuments(content, { customTags: (tags) => [octal, ...tags], merge: true, uniqueKeys: true });
  const found: KubeObject[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error)
      throw new InvalidKube(`multi doc yaml could not be split: yaml: ${error.message.split('\n', 1)[0]?.replace(/:$/, '')}`, {
        cause: error,
      });
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) continue;
    found.push(...objectsOf(withoutNulls(value)));
  }
  const isWorkload = ({ kind }: KubeObject) => ['Pod', 'Deployment', 'DaemonSet', 'Job'].includes(kind);
  return [...found.filter((object) => !isWorkload(object)).reverse(), ...found.filter(isWorkload)];
}

/** What is null is as good as absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, entry]) => (entry === null ? [] : [[key, withoutNulls(entry)]])));
}

function objectsOf(value: unknown): KubeObject[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidKube("couldn't get object kind: the YAML document is not an object");
  const object = value as { kind?: unknown; metadata?: unknown; items?: unknown };
  if (object.kind === 'List') return (Array.isArray(object.items) ? object.items : []).flatMap(objectsOf);
  return [{ ...object, kind: typeof object.kind === 'string' ? object.kind : '', metadata: metadataOf(object.metadata) }];
}

function metadataOf(value: unknown): ObjectMeta {
  const metadata = (value ?? {}) as ObjectMeta;
  const labels = textMap(metadata.labels, 'labels');
  const annotations = textMap(metadata.annotations, 'annotations');
  return {
    ...(metadata.name === undefined || metadata.name === null ? {} : { name: text(metadata.name, 'metadata.name') }),
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

/** A map of strings; numbers and truth values are read as texts, as Kubernetes' reader does. @throws InvalidKube */
export function textMap(map: unknown, where: string): Record<string, string> | undefined {
  if (map === undefined || map === null) return undefined;
  if (typeof map !== 'object' || Array.isArray(map)) throw new InvalidKube(`unable to read YAML: ${where} must be a map of strings`);
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, text(value, `${where}.${key}`)]));
}

function textList(list: unknown, where: string): string[] | undefined {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) throw new InvalidKube(`unable to read YAML: ${where} must be a list of strings`);
  return list.map((value) => text(value, where));
}

function text(value: unknown, where: string): string {
  if (value === null || value === undefined) return '';
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new InvalidKube(`unable to read YAML: value of ${where} must be a string`);
}

/** A container with texts where texts are wanted. */
function containerOf(value: KubeContainer): KubeContainer {
  if (typeof value !== 'object' || value === null) throw new InvalidKube('unable to read YAML: a container must be an object');
  const name = text(value.name, 'container.name');
  const where = `container ${name}`;
  const { command, args, env, image } = value;
  return {
    ...value,
    name,
    ...(image === undefined || image === null ? {} : { image: text(image, `${where}.image`) }),
    command: textList(command, `${where}.command`),
    args: textList(args, `${where}.args`),
    env: listOf(env, `${where}.env`)?.map((variable) => ({ ...variable, value: text(variable.value, `${where}.env.${variable.name}`) })),
    envFrom: listOf(value.envFrom, `${where}.envFrom`),
    ports: listOf(value.ports, `${where}.ports`),
    volumeMounts: listOf(value.volumeMounts, `${where}.volumeMounts`),
  };
}

function listOf<T>(list: T[] | undefined | null, where: string): T[] | undefined {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list) || list.some((entry) => typeof entry !== 'object' || entry === null))
    throw new InvalidKube(`unable to read YAML: ${where} must be a list of objects`);
  return list;
}

function specOf(value: PodSpec | undefined | null): PodSpec {
  const spec = value ?? {};
  if (typeof spec !== 'object' || Array.isArray(spec)) throw new InvalidKube('unable to read YAML: spec must be an object');
  return {
    ...spec,
    containers: listOf(spec.containers, 'spec.containers')?.map(containerOf) ?? [],
    initContainers: listOf(spec.initContainers, 'spec.initContainers')?.map(containerOf) ?? [],
    volumes: listOf(spec.volumes, 'spec.volumes') ?? [],
  };
}

/** The pod that a workload stands for, by its name in podman; undefined for objects of other kinds. @throws InvalidKube */
export function podOf(object: KubeObject): { name: string; template: PodTemplate; annotations: Record<string, string> } | undefined {
  const { kind, metadata } = object;
  const { spec } = object as KubeObject & { spec?: { template?: PodTemplate } };
  if (kind === 'Pod') {
    const template = { metadata, spec: specOf(spec as PodSpec | undefined) };
    if (!metadata.name) throw new InvalidKube('pod does not have a name');
    return { name: metadata.name, template, annotations: { ...metadata.annotations } };
  }
  if (!['Deployment', 'DaemonSet', 'Job'].includes(kind)) return undefined;
  if (!metadata.name) throw new InvalidKube(`${kind.charAt(0).toLowerCase()}${kind.slice(1)} does not have a name`);
  const { replicas = 1 } = (spec ?? {}) as { replicas?: number };
  if (kind === 'Deployment' && replicas > 1) warn('Limiting replica count to 1, more than one replica is not supported by Podman');
  const template = { metadata: metadataOf(spec?.template?.metadata), spec: specOf(spec?.template?.spec) };
  return { name: `${metadata.name}-pod`, template, annotations: { ...metadata.annotations } };
}

/** The ConfigMaps of a file that `--configmap` names. @throws InvalidKube for anything else in it */
export function readConfigMaps(content: string): ConfigMap[] {
  return readObjects(content)
    .reverse()
    .map((object) => {
      if (object.kind !== 'ConfigMap')
        throw new InvalidKube(`invalid YAML kind: ${JSON.stringify(object.kind)}. [ConfigMap] is the only supported by --configmap`);
      return toConfigMap(object);
    });
}

export function toConfigMap(object: KubeObject): ConfigMap {
  const map = object as ConfigMap;
  const data = textMap(map.data, 'data');
  const binaryData = textMap(map.binaryData, 'binaryData');
  return { ...map, ...(data ? { data } : {}), ...(binaryData ? { binaryData } : {}) };
}
