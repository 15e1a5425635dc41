import { parseAllDocuments } from 'yaml';
import { InvalidKube } from './errors.ts';
import type { ConfigMap, KubeObject, ObjectMeta, PodTemplate } from './objects.ts';

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
    if (error) throw new InvalidKube(`multi doc yaml could not be split: yaml: ${error.message}`, { cause: error });
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) continue;
    found.push(...objectsOf(value));
  }
  const isWorkload = ({ kind }: KubeObject) => ['Pod', 'Deployment', 'DaemonSet', 'Job'].includes(kind);
  return [...found.filter((object) => !isWorkload(object)).reverse(), ...found.filter(isWorkload)];
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
  checkTexts(metadata.labels, 'labels');
  checkTexts(metadata.annotations, 'annotations');
  if (metadata.name !== undefined && typeof metadata.name !== 'string') throw new InvalidKube('metadata.name must be a string');
  return metadata;
}

/** @throws InvalidKube where a map of strings holds something else */
export function checkTexts(map: unknown, where: string): void {
  if (map === undefined || map === null) return;
  if (typeof map !== 'object' || Array.isArray(map)) throw new InvalidKube(`unable to read YAML: ${where} must be a map of strings`);
  for (const [key, value] of Object.entries(map))
    if (typeof value !== 'string' && value !== null)
      throw new InvalidKube(`unable to read YAML: value of ${where}.${key} must be a string`);
}

/** The pod that a workload stands for, by its name in podman; undefined for objects of other kinds. @throws InvalidKube */
export function podOf(object: KubeObject): { name: string; template: PodTemplate; annotations: Record<string, string> } | undefined {
  const { kind, metadata } = object;
  const { spec } = object as KubeObject & { spec?: { template?: PodTemplate } };
  if (kind === 'Pod') {
    const template = { metadata, spec: (spec ?? {}) as PodTemplate['spec'] };
    if (!metadata.name) throw new InvalidKube('pod does not have a name');
    return { name: metadata.name, template, annotations: { ...metadata.annotations } };
  }
  if (!['Deployment', 'DaemonSet', 'Job'].includes(kind)) return undefined;
  if (!metadata.name) throw new InvalidKube(`${kind.charAt(0).toLowerCase()}${kind.slice(1)} does not have a name`);
  const template = { metadata: metadataOf(spec?.template?.metadata), spec: spec?.template?.spec ?? {} };
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
  checkTexts(map.data, 'data');
  checkTexts(map.binaryData, 'binaryData');
  return map;
}
