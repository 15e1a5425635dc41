import { homedir } from 'node:os';
import { containerContexts, formatContext, isSelinuxEnabled, parseContext, relabelTree, type SelinuxContext } from '../../os/selinux.ts';
import type { ContainerConfig } from '../container.ts';
import { InvalidOption } from '../create-errors.ts';
import type { ContainerEngine } from '../engine.ts';

/** SELinux labels of a container's processes and of its files; empty where nothing is labelled. */
export interface Labels {
  process: string;
  mount: string;
}

export interface LabelRequest {
  /** `--security-opt label=…`, in order. */
  options: readonly string[];
  privileged: boolean;
  systemd: boolean;
  pid: LabelledNamespace;
  ipc: LabelledNamespace;
}

/** A namespace that may be the host's, or another container's: the processes in it are to have its label. */
export interface LabelledNamespace {
  kind: string;
  container?: string;
}

/** Categories that the policy has for telling containers apart. */
const CATEGORIES = 1024;

const fields = ['user', 'role', 'level', 'type', 'filetype'] as const;

/** Settles the labels of a new container. @throws InvalidOption for an option that is none */
export function settleLabels(engine: ContainerEngine, request: LabelRequest): Labels {
  if (!engine.conf.containers.label || !isSelinuxEnabled()) return { process: '', mount: '' };
  return labelsFor(containerContexts(), labelOptions(engine, request), request.systemd, usedLevels(engine));
}

/** What podman makes of the options: privileged ones and those in the host's namespaces are not confined, those in others' are alike. */
function labelOptions(engine: ContainerEngine, { options, privileged, pid, ipc }: LabelRequest): string[] {
  if (privileged) return ['disable'];
  return [...options, ...neighbourOptions(engine, pid), ...neighbourOptions(engine, ipc)];
}

function neighbourOptions(engine: ContainerEngine, { kind, container }: LabelledNamespace): string[] {
  if (kind === 'host') return ['disable'];
  const label = kind === 'container' ? engine.state.get(container ?? '')?.config.processLabel : undefined;
  if (!label) return [];
  const { user, role, type, level } = parseContext(label);
  return [`user:${user}`, `role:${role}`, `type:${type}`, ...(level === '' ? [] : [`level:${level}`])];
}

/** Levels of containers that there are: no other one may have the same. */
const usedLevels = (engine: ContainerEngine): Set<string> =>
  new Set(engine.state.list().flatMap(({ config }) => (config.processLabel === '' ? [] : [parseContext(config.processLabel).level])));

/** @param contexts the policy's, see `containerContexts` */
export function labelsFor(
  contexts: Readonly<Record<string, string>>,
  options: readonly string[],
  systemd: boolean,
  used: ReadonlySet<string>,
): Labels {
  if (!contexts['process'] || !contexts['file']) return { process: '', mount: contexts['file'] ?? '' };
  const process = parseContext(contexts['process']);
  const file = parseContext(contexts['file']);
  if (process.level !== '') {
    process.level = freeLevel(used);
    file.level = process.level;
  }
  let hasType = false;
  for (const option of options) {
    // Files that no confined process may read.
    if (option === 'disable') return { process: '', mount: formatContext({ ...file, level: `s0:c${CATEGORIES - 2},c${CATEGORIES - 1}` }) };
    const colon = option.indexOf(':');
    if (colon < 0)
      throw new InvalidOption(
        `bad label option ${JSON.stringify(option)}, valid options 'disable' or \n'user, role, level, type, filetype' followed by ':' and a value`,
      );
    const field = fields.find((name) => name === option.slice(0, colon));
    if (field === undefined)
      throw new InvalidOption(
        `bad label option ${JSON.stringify(option.slice(0, colon))}, valid options 'disable, user, role, level, type, filetype'`,
      );
    const value = option.slice(colon + 1);
    if (field === 'filetype') file.type = value;
    else process[field] = value;
    if (field === 'level' || field === 'user') file[field] = value;
    hasType ||= field === 'type';
  }
  if (systemd && !hasType && contexts['init_process']) process.type = parseContext(contexts['init_process']).type;
  return { process: formatContext(process), mount: formatContext(file) };
}

/** Two different categories, the lower one first, that no container has. */
function freeLevel(used: ReadonlySet<string>): string {
  for (;;) {
    const [one, other] = [random(CATEGORIES), random(CATEGORIES)].sort((a, b) => a - b) as [number, number];
    const level = `s0:c${one},c${other}`;
    if (one !== other && !used.has(level)) return level;
  }
}

const random = (below: number): number => Math.floor(Math.random() * below);

/** What podman says that it was asked for: where the host labels nothing, that labels are off. */
export function labelOptionsOf(engine: ContainerEngine, config: ContainerConfig): string[] {
  const isOff = !engine.conf.containers.label || !isSelinuxEnabled() || config.privileged;
  if (isOff) return config.dependencies.length === 0 || config.pod === undefined ? ['disable'] : ['disable', 'disable'];
  const given = config.facts.annotations['io.podman.annotations.label'];
  return given ? given.split(',label=') : [];
}

/** Of the system, or a home: files there are not a container's to have. */
const protectedPlaces = new Set(
  [
    '',
    'bin',
    'boot',
    'dev',
    'etc',
    'etc/passwd',
    'etc/pki',
    'etc/shadow',
    'home',
    'lib',
    'lib64',
    'media',
    'opt',
    'proc',
    'root',
    'run',
    'sbin',
    'srv',
    'sys',
    'tmp',
    'usr',
    'var',
    'var/lib',
    'var/log',
  ].map((name) => `/${name}`),
);

/** `z` (for every container to share) and `Z` (for this one alone) of a mount: labels its source. @throws InvalidOption */
export function relabelSource(source: string, mountLabel: string, isShared: boolean): void {
  if (mountLabel === '' || !isSelinuxEnabled()) return;
  const path = source === '/' ? source : source.replace(/\/$/, '');
  if (protectedPlaces.has(path) || path === (process.env['HOME'] ?? homedir()))
    throw new InvalidOption(`SELinux relabeling of ${path} is not allowed`);
  const context: SelinuxContext = parseContext(mountLabel);
  relabelTree(path, isShared ? formatContext({ ...context, level: 's0' }) : mountLabel);
}
