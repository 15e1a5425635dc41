import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { SelkieError } from '../../errors.ts';
import { kindOf, kinds, type UnitKind } from './kinds.ts';
import type { UnitFile } from './unit-file.ts';
import { joinWords, splitWords } from './words.ts';

/** What a unit makes, for those that refer to it. */
export interface UnitFacts {
  /** Name of its service, without `.service`. */
  service: string;
  /** Name of the container, volume, image and so on; empty where it cannot be told without systemd. */
  resource: string;
  /** Services of the containers that start with a pod. */
  starts: string[];
}

/** A unit that cannot be made a service. */
export class UnitRefused extends SelkieError {}

const dependencies = [
  ...['After', 'Before', 'BindsTo', 'Conflicts', 'OnFailure', 'OnSuccess', 'PartOf', 'PropagatesReloadTo', 'PropagatesStopTo'],
  ...['ReloadPropagatedFrom', 'Requires', 'Requisite', 'StopPropagatedFrom', 'Upholds', 'Wants'],
];

/** One unit on its way to a service: what all kinds have in common. */
export class Conversion {
  readonly service: UnitFile;
  readonly facts: UnitFacts;
  readonly warnings: string[] = [];
  readonly group: string;

  /** @throws UnitRefused for keys that its kind does not have, and for others that it names and are not there */
  constructor(
    readonly unit: UnitFile,
    kind: UnitKind,
    readonly units: ReadonlyMap<string, UnitFacts>,
    isUser: boolean,
  ) {
    this.group = kind.group;
    this.facts = units.get(unit.name)!;
    this.requireKnown(kind.group, kind.keys);
    this.requireKnown('Quadlet', new Set(['DefaultDependencies']));
    this.service = unit.copy(`${this.facts.service}.service`);
    this.translateDependencies();
    if (unit.flag('Quadlet', 'DefaultDependencies') ?? true) {
      const online = isUser ? 'podman-user-wait-network-online.service' : 'network-online.target';
      this.service.prepend('Unit', 'After', online);
      this.service.prepend('Unit', 'Wants', online);
    }
    if (unit.path !== '') this.service.add('Unit', 'SourcePath', unit.path);
    this.service.add('Unit', 'RequiresMountsFor', '%t/containers');
    // systemd passes over groups that begin so.
    this.service.rename(kind.group, `X-${kind.group}`);
    this.service.rename('Quadlet', 'X-Quadlet');
  }

  private requireKnown(group: string, known: ReadonlySet<string>): void {
    const stranger = this.unit.keys(group).find((key) => !known.has(key));
    if (stranger !== undefined) throw new UnitRefused(`unsupported key '${stranger}' in group '${group}' in ${this.unit.path}`);
  }

  private translateDependencies(): void {
    for (const key of dependencies) {
      const names = this.service.words('Unit', key);
      if (!names.some((name) => kindOf(name))) continue;
      const translated = names.map((name) => {
        if (!kindOf(name)) return name;
        const facts = this.units.get(name);
        if (facts === undefined) throw new UnitRefused(`unable to translate dependency for ${name}`);
        return `${facts.service}.service`;
      });
      this.service.unset('Unit', key);
      this.service.add('Unit', key, translated.join(' '));
    }
  }

  value = (key: string): string | undefined => this.unit.value(this.group, key);
  text = (key: string): string | undefined => this.unit.text(this.group, key);
  flag = (key: string): boolean | undefined => this.unit.flag(this.group, key);
  all = (key: string): string[] => this.unit.all(this.group, key);
  words = (key: string): string[] => this.unit.words(this.group, key);
  arguments = (key: string): string[] => this.unit.arguments(this.group, key);

  /** podman and what comes before the command's name. */
  podman(...words: string[]): string[] {
    return [
      process.env['PODMAN'] || '/usr/bin/podman',
      ...this.all('ContainersConfModule').map((name) => `--module=${name}`),
      ...this.arguments('GlobalArgs'),
      ...words,
    ];
  }

  /** Keys with one value, each a flag: `Key flag Key flag`. */
  texts(table: string): string[] {
    return pairsOf(table).flatMap(([key, flag]) => {
      const value = this.text(key);
      return value === undefined ? [] : [`--${flag}`, value];
    });
  }

  lists(table: string): string[] {
    return pairsOf(table).flatMap(([key, flag]) => this.all(key).flatMap((value) => [`--${flag}`, value]));
  }

  flags(table: string): string[] {
    return pairsOf(table).flatMap(([key, flag]) => {
      const value = this.flag(key);
      return value === undefined ? [] : [value ? `--${flag}` : `--${flag}=false`];
    });
  }

  /** `name=value` words: the last of a name counts, in the order of the names. */
  settings(table: string): string[] {
    return pairsOf(table).flatMap(([key, flag]) => {
      const named = new Map<string, string>();
      for (const value of this.all(key)) {
        const words = splitWords(value, { keepBackslashes: false });
        if (words === undefined) this.warnings.push('unsupported escape char');
        for (const word of words ?? []) named.set(word.split('=', 1)[0]!, word);
      }
      return [...named.keys()].sort().flatMap((name) => [`--${flag}`, named.get(name)!]);
    });
  }

  logging(): string[] {
    const driver = this.value('LogDriver');
    return [...(driver === undefined ? [] : ['--log-driver', driver]), ...this.words('LogOpt').flatMap((option) => ['--log-opt', option])];
  }

  ports(): string[] {
    return this.all('PublishPort').flatMap((port) => ['--publish', port]);
  }

  needs(facts: UnitFacts): void {
    this.service.add('Unit', 'Requires', `${facts.service}.service`);
    this.service.add('Unit', 'After', `${facts.service}.service`);
  }

  /** @throws UnitRefused */
  networks(): string[] {
    return this.all('Network').flatMap((network) => ['--network', this.network(network)]);
  }

  private network(network: string): string {
    const at = network.indexOf(':');
    const name = at < 0 ? network : network.slice(0, at);
    const isContainer = name.endsWith('.container');
    if (!isContainer && !name.endsWith('.network')) return network;
    const facts = this.units.get(name);
    if (facts === undefined) throw new UnitRefused(`requested Quadlet unit ${name} was not found`);
    if (facts.resource === '') throw new UnitRefused(`cannot get the resource name of ${name}`);
    this.needs(facts);
    if (isContainer && at >= 0) throw new UnitRefused("extra options are not supported when joining another container's network");
    return `${isContainer ? 'container:' : ''}${facts.resource}${at < 0 ? '' : network.slice(at)}`;
  }

  /** @throws UnitRefused */
  volumes(): string[] {
    return this.all('Volume').flatMap((volume) => {
      const [first = '', second, ...rest] = volume.split(':');
      if (second === undefined || first === '') return ['-v', second ?? first];
      const options = rest.length > 0 ? `:${rest.join(':')}` : '';
      return ['-v', `${this.source(first, false)}:${second}${options}`];
    });
  }

  /** Where a mount's content is: a path, which systemd waits for, or what another unit makes. */
  source(given: string, mayBeImage: boolean): string {
    if (given === '') throw new UnitRefused('source cannot be empty');
    const source = given.startsWith('.') ? this.absolute(given) : given;
    if (source.startsWith('/')) this.service.add('Unit', 'RequiresMountsFor', joinWords([source]));
    else if (/\.(volume|artifact)$/.test(source) || (mayBeImage && source.endsWith('.image'))) {
      const facts = this.units.get(source);
      if (facts === undefined) throw new UnitRefused(`requested Quadlet source ${source} was not found`);
      this.needs(facts);
      return facts.resource;
    }
    return source;
  }

  /** An image by name, or what a .build or .image unit makes. */
  image(name: string): string {
    if (!/\.(build|image)$/.test(name)) return name;
    const facts = this.units.get(name);
    if (facts === undefined) throw new UnitRefused(`requested Quadlet image ${name} was not found`);
    this.needs(facts);
    return facts.resource;
  }

  /** A path from where the unit's file is; one that begins with a specifier is systemd's to resolve. */
  absolute(path: string): string {
    return isAbsolute(path) || beginsWithSpecifier(path) ? path : join(dirname(this.unit.path), path);
  }

  /** podman's process is not the service's: only modes that leave it time are allowed. */
  settleKillMode(): void {
    const mode = this.service.value('Service', 'KillMode');
    if (mode === undefined) this.service.set('Service', 'KillMode', 'mixed');
    else if (mode !== 'mixed' && mode !== 'control-group') throw new UnitRefused(`invalid KillMode '${mode}'`);
  }

  /** @returns whether the service tells when it is ready, as all do that are not of the type oneshot */
  settleType(): boolean {
    const type = this.service.value('Service', 'Type');
    if (type !== undefined && type !== 'notify' && type !== 'oneshot') throw new UnitRefused(`invalid service Type '${type}'`);
    if (type === 'oneshot') return false;
    this.service.set('Service', 'Type', 'notify');
    this.service.set('Service', 'NotifyAccess', 'all');
    return true;
  }

  settleIdentifier(): void {
    if (this.service.value('Service', 'SyslogIdentifier') === undefined) this.service.set('Service', 'SyslogIdentifier', '%N');
  }

  /** For services that only make something. */
  settleOneshot(remains: boolean): void {
    this.settleIdentifier();
    if (this.service.value('Service', 'Type') === undefined) this.service.set('Service', 'Type', 'oneshot');
    if (remains && this.service.value('Service', 'RemainAfterExit') === undefined) this.service.set('Service', 'RemainAfterExit', 'yes');
  }

  /** The name of what is made: as the user says, else of the file. */
  resourceName(key: string): string {
    const base = this.unit.name.slice(0, this.unit.name.lastIndexOf('.'));
    return this.text(key) ?? (this.unit.name.includes('@') ? `systemd-${base.slice(0, -1)}-%i` : `systemd-${base}`);
  }
}

const pairsOf = (table: string): [string, string][] => {
  const words = table.trim().split(/\s+/);
  return Array.from({ length: words.length / 2 }, (_, at) => [words[2 * at]!, words[2 * at + 1]!]);
};

export const beginsWithSpecifier = (path: string): boolean => /^%([^%]|$)/.test(path);

export const pathExists = (path: string): boolean => existsSync(path);

/** The service that a unit becomes. */
export function serviceName(unit: UnitFile): string {
  const kind = kindOf(unit.name)!;
  const given = unit.value(kind.group, 'ServiceName');
  if (given !== undefined) return given;
  const base = unit.name.slice(0, unit.name.lastIndexOf('.'));
  return base.endsWith('@') ? `${base.slice(0, -1)}${kind.suffix}@` : base + kind.suffix;
}

/** Names that others may need before the unit itself is converted. */
export function foreseenResource(unit: UnitFile): string {
  const base = unit.name.slice(0, unit.name.lastIndexOf('.'));
  switch (kindOf(unit.name)) {
    case kinds['container']: {
      const name = containerName(unit).replaceAll('%N', serviceName(unit));
      return name.includes('%') ? '' : name;
    }
    case kinds['build']:
      return unit.all('Build', 'ImageTag')[0] ?? '';
    case kinds['pod']:
      return unit.text('Pod', 'PodName') ?? `systemd-${base}`;
    default:
      return '';
  }
}

export const containerName = (unit: UnitFile): string =>
  unit.text('Container', 'ContainerName') ?? (unit.name.includes('@') ? 'systemd-%p_%i' : 'systemd-%N');
