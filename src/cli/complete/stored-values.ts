import type { ContainerStatus } from '../../container/container.ts';
import { digestHex } from '../../image/digest.ts';
import type { PodStatus } from '../../pod/pod.ts';
import { openArtifacts, openContainers, openNetworkStore, openStore } from '../engine.ts';
import { type Answer, type Candidate, Directive, openWordsOf } from './answer.ts';
import type { Completer } from './completer.ts';
import { networkModes } from './fixed-values.ts';
import type { Place } from './values.ts';

type Reader = (prefix: string, place: Place) => Candidate[];

/** Completers whose candidates are in a store. */
const readers: Partial<Record<Completer, Reader>> = {
  artifacts,
  connections: (prefix) => keys(remembered().Connection.Connections, prefix),
  farms: (prefix) => keys(remembered().Farm.List, prefix),
  containers: (prefix, place) => containers(prefix, place),
  containersRunning: (prefix, place) => containers(prefix, place, ['running']),
  containersPaused: (prefix, place) => containers(prefix, place, ['paused']),
  containersExited: (prefix, place) => containers(prefix, place, ['exited', 'stopped']),
  containersCreated: (prefix, place) => containers(prefix, place, ['configured']),
  containersStartable: (prefix, place) => containers(prefix, place, ['configured', 'created', 'exited', 'stopped']),
  containersAndPods: (prefix, place) => [...containers(prefix, place), ...pods(prefix, place)],
  containersPodsAndVolumes: (prefix, place) => [...containers(prefix, place), ...pods(prefix, place), ...volumes(prefix, place)],
  containersAndImages: (prefix, place) => [...containers(prefix, place), ...images(prefix, place)],
  namespaceContainers,
  healthcheckContainers: (prefix, place) => containers(prefix, place, ['running']),
  images,
  imagesAndFiles: images,
  manifests: images,
  networks,
  pods: (prefix, place) => pods(prefix, place),
  podsRunning: (prefix, place) => pods(prefix, place, ['Running', 'Degraded']),
  podsPaused: (prefix, place) => pods(prefix, place, ['Paused']),
  secrets,
  volumes,
  workingContainers,
  everything: (prefix, place) => [containers, images, pods, networks, volumes].flatMap((reader) => reader(prefix, place)),
};

/** Completers of which some candidates go on: with a path, a port, a mode. */
const openReaders: Partial<Record<Completer, Reader>> = {
  networkModes: (prefix, place) =>
    prefix.startsWith('container:')
      ? namespaceContainers(prefix, place)
      : [...networks(prefix, place), ...networkModes.filter((mode) => mode.startsWith(prefix)).map((mode): Candidate => [mode])],
  volumeMounts: volumes,
  containerPaths: (prefix, place) =>
    /^[/.]/.test(prefix) ? [] : containers(prefix, place).map(([name, about]): Candidate => [`${name}:`, about]),
};

export const isStored = (completer: Completer): boolean => completer in readers || completer in openReaders;

export function storedValues(completer: Completer, prefix: string, place: Place): Answer {
  const open = openReaders[completer];
  const candidates = dedupe((open ?? readers[completer]!)(prefix, place));
  if (open) {
    const { directive } = openWordsOf(
      candidates.map(([word]) => word),
      prefix,
    );
    if (completer === 'volumeMounts') return { candidates, directive: prefix.includes(':') ? Directive.ordinary : Directive.noSpace };
    return {
      candidates,
      directive: completer !== 'containerPaths' ? directive : candidates.length > 0 ? Directive.noSpace : Directive.ordinary,
    };
  }
  const filesToo = completer === 'imagesAndFiles' && candidates.length === 0;
  return { candidates, directive: filesToo ? Directive.ordinary : Directive.noFiles };
}

function containers(prefix: string, place: Place, states?: readonly ContainerStatus[]): Candidate[] {
  using engine = openContainers(place.globals);
  return engine.state
    .names(states)
    .flatMap(({ id, name, pod }) => named(id, name, prefix, pod === null ? undefined : podOf(engine, pod)?.name));
}

/** For `--pid container:NAME` and its like. */
function namespaceContainers(prefix: string, place: Place): Candidate[] {
  return containers(prefix.slice('container:'.length), place).map(([name, about]) => [`container:${name}`, about]);
}

/** Full names, their ends after a slash, each with and without tag, and ids. */
function images(prefix: string, place: Place): Candidate[] {
  using store = openStore(place.globals);
  return store.images
    .list()
    .flatMap(({ id, names = [] }) => [
      ...(prefix.length > 1 && id.startsWith(prefix) ? [[id.slice(0, 12)] as const] : []),
      ...names
        .flatMap((name) => (prefix === '' ? [name] : shorter(name)))
        .flatMap((name) => (name.startsWith(prefix) ? [[name] as const] : [])),
    ]);
}

function shorter(name: string): string[] {
  const parts = name.split('/');
  return parts.flatMap((_, i) => {
    const end = parts.slice(i).join('/');
    return [end, end.replace(/@.*$/, '').replace(/:[^/:]*$/, '')];
  });
}

function networks(prefix: string, place: Place): Candidate[] {
  return [...openNetworkStore(place.globals).all().values()].flatMap(({ id, name }) => named(id, name, prefix));
}

type NamedPod = { id: string; name: string };

const podOf = ({ state }: ReturnType<typeof openContainers>, id: string) => state.document<NamedPod>('pod', id);

function pods(prefix: string, place: Place, statuses?: readonly PodStatus[]): Candidate[] {
  using engine = openContainers(place.globals);
  let records = engine.state.documents<NamedPod>('pod');
  if (statuses) {
    const { podStatus } = require('../../pod/pod.ts') as typeof import('../../pod/pod.ts');
    records = records.filter(({ value }) => statuses.includes(podStatus(engine.state.inPod(value.id))));
  }
  return records.flatMap(({ value }) => named(value.id, value.name, prefix));
}

function volumes(prefix: string, place: Place): Candidate[] {
  using engine = openContainers(place.globals);
  return engine.state
    .documents<{ name: string }>('volume')
    .filter(({ value }) => value.name.startsWith(prefix))
    .map(({ value }) => [value.name]);
}

function artifacts(prefix: string, place: Place): Candidate[] {
  using store = openArtifacts(place.globals);
  return store.list().flatMap(({ name, digest }) => named(digestHex(digest), name, prefix));
}

function secrets(prefix: string, place: Place): Candidate[] {
  using engine = openContainers(place.globals);
  const { SecretStore } = require('../../secret/secret-store.ts') as typeof import('../../secret/secret-store.ts');
  return new SecretStore(engine.paths.secretsDir).list().flatMap(({ id, name }) => named(id, name, prefix));
}

const remembered = () => (require('../../config/connections.ts') as typeof import('../../config/connections.ts')).readConnections();
const keys = (record: object | undefined, prefix: string): Candidate[] =>
  Object.keys(record ?? {})
    .filter((name) => name.startsWith(prefix))
    .map((name) => [name]);

/** buildah's: containers of the store that are nobody else's. */
function workingContainers(prefix: string, place: Place): Candidate[] {
  using store = openStore(place.globals);
  return store.containers.list().flatMap(({ id, names = [] }) => named(id, names[0] ?? id.slice(0, 12), prefix));
}

/** A name, or from two characters on an id, that begins with the prefix. */
function named(id: string, name: string, prefix: string, about?: string): Candidate[] {
  if (name.startsWith(prefix)) return [[name, about]];
  return prefix.length > 1 && id.startsWith(prefix) ? [[id.slice(0, 12), name]] : [];
}

const dedupe = (candidates: readonly Candidate[]): Candidate[] => [
  ...new Map(candidates.map((candidate) => [candidate[0], candidate])).values(),
];
