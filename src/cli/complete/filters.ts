import { type Answer, openWordsOf, wordsOf } from './answer.ts';
import type { Completer } from './completer.ts';
import { type Place, valuesFor } from './values.ts';

type Values = readonly string[] | Completer;
const truth = ['true', 'false'] as const;

const container: Record<string, Values> = {
  ancestor: 'images',
  before: 'containers',
  command: 'none',
  exited: 'none',
  health: ['healthy', 'unhealthy'],
  id: 'containers',
  label: 'none',
  name: 'containers',
  network: 'networks',
  pod: 'pods',
  'restart-policy': ['always', 'no', 'on-failure', 'unless-stopped'],
  'should-start-on-boot': truth,
  since: 'containers',
  status: ['created', 'running', 'paused', 'stopped', 'exited', 'unknown'],
  until: 'none',
  volume: 'volumes',
};
const image: Record<string, Values> = {
  after: 'images',
  before: 'images',
  containers: truth,
  dangling: truth,
  digest: 'none',
  id: 'images',
  intermediate: truth,
  label: 'none',
  manifest: truth,
  readonly: truth,
  reference: 'none',
  since: 'images',
  until: 'none',
};
const prune: Record<string, Values> = { label: 'none', until: 'none' };
const events: Record<string, Values> = {
  container: 'containers',
  event: (
    'attach auto-update checkpoint cleanup commit connect create died disconnect exec exec_died export health_status import init kill ' +
    'loadfromarchive mount pause prune pull pull-error push refresh remove rename renumber restart restore save start stop sync tag unmount unpause untag update'
  ).split(' '),
  image: 'images',
  label: 'none',
  pod: 'pods',
  type: ['container', 'image', 'network', 'pod', 'secret', 'system', 'volume'],
  volume: 'volumes',
};
const volume: Record<string, Values> = {
  after: 'volumes',
  dangling: truth,
  driver: ['local'],
  label: 'none',
  name: 'volumes',
  opt: 'none',
  scope: ['local'],
  since: 'volumes',
  until: 'none',
};

/** Filters by the command that takes them. */
const byCommand: Readonly<Record<string, Record<string, Values>>> = {
  images: image,
  'image list': image,
  'image prune': prune,
  'container prune': prune,
  'system prune': prune,
  'network prune': prune,
  'volume ls': volume,
  'volume prune': volume,
  'network ls': {
    dangling: truth,
    driver: ['bridge', 'macvlan', 'ipvlan'],
    id: 'networks',
    label: 'none',
    name: 'networks',
    until: 'none',
  },
  'pod ps': {
    'ctr-ids': 'containers',
    'ctr-names': 'containers',
    'ctr-number': 'none',
    'ctr-status': ['created', 'running', 'paused', 'stopped', 'exited', 'unknown'],
    id: 'pods',
    label: 'none',
    name: 'pods',
    network: 'networks',
    status: ['stopped', 'running', 'paused', 'exited', 'dead', 'created', 'degraded'],
    until: 'none',
  },
  events,
  'system events': events,
  'secret ls': { id: 'secrets', name: 'secrets' },
  'quadlet list': { name: 'quadlets' },
  search: { 'is-automated': truth, 'is-official': truth, stars: 'none' },
  'image search': { 'is-automated': truth, 'is-official': truth, stars: 'none' },
};

/** The keys of filters, and after `key=` what the value may be. */
export async function filters(command: string, prefix: string, place: Place): Promise<Answer> {
  const known = byCommand[command] ?? container;
  const equals = prefix.indexOf('=');
  if (equals < 0)
    return openWordsOf(
      Object.keys(known).map((key) => `${key}=`),
      prefix,
    );
  const key = prefix.slice(0, equals);
  const values = known[key];
  if (values === undefined || values === 'none') return wordsOf([], prefix);
  const { candidates, directive } = await valuesFor(values, prefix.slice(equals + 1), place);
  return { candidates: candidates.map(([word, about]) => [`${key}=${word}`, about]), directive };
}
