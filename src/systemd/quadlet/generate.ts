import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { SelkieError } from '../../errors.ts';
import { Conversion, foreseenResource, serviceName, type UnitFacts } from './conversion.ts';
import { convertContainer } from './convert-container.ts';
import { convertArtifact, convertBuild, convertImage, convertKube, convertNetwork, convertPod, convertVolume } from './convert-others.ts';
import { kindOf } from './kinds.ts';
import { UnitFile } from './unit-file.ts';

const converters: Readonly<Record<string, (unit: Conversion) => void>> = {
  Container: convertContainer,
  Volume: convertVolume,
  Network: convertNetwork,
  Kube: convertKube,
  Image: convertImage,
  Build: convertBuild,
  Artifact: convertArtifact,
  Pod: convertPod,
};

export interface Generation {
  services: UnitFile[];
  /** What could not be made a service, and why. */
  errors: string[];
}

export interface GenerateOptions {
  isUser: boolean;
  /** Something that the user should know but that stops nothing. */
  warn: (message: string) => void;
  debug: (message: string) => void;
}

/** Makes services of all units in these directories; one that cannot be made does not keep the others. */
export function generateServices(directories: readonly string[], options: GenerateOptions): Generation {
  const errors: string[] = [];
  const units = loadUnits(directories, options, errors);
  if (units.length === 0) options.debug(`No files parsed from [${directories.join(' ')}]`);
  for (const unit of units) mergeDropIns(unit, directories, options, errors);
  units.sort((one, other) => kindOf(one.name)!.rank - kindOf(other.name)!.rank);
  const facts = new Map<string, UnitFacts>(
    units.map((unit) => [unit.name, { service: serviceName(unit), resource: foreseenResource(unit), starts: [] }]),
  );
  const services = units.flatMap((unit) => {
    try {
      warnOf(unit, options.warn);
      const conversion = new Conversion(unit, kindOf(unit.name)!, facts, options.isUser);
      converters[conversion.group]!(conversion);
      if (conversion.warnings.length > 0) options.warn(conversion.warnings.join('\n'));
      return [conversion.service];
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      errors.push(`converting ${JSON.stringify(unit.name)}: ${error.message}`);
      return [];
    }
  });
  return { services, errors };
}

function loadUnits(directories: readonly string[], { debug }: GenerateOptions, errors: string[]): UnitFile[] {
  const units = new Map<string, UnitFile>();
  for (const directory of directories) {
    for (const name of namesIn(directory)) {
      if (units.has(name) || !kindOf(name)) continue;
      const path = join(directory, name);
      debug(`Loading source unit file ${path}`);
      const unit = readUnit(path, name, errors);
      if (unit !== undefined) units.set(name, unit);
    }
  }
  return [...units.values()];
}

function readUnit(path: string, name: string, errors: string[]): UnitFile | undefined {
  try {
    return UnitFile.parse(readFileSync(path, 'utf8'), name, path);
  } catch (error) {
    errors.push(`error loading ${JSON.stringify(path)}, ${(error as Error).message}`);
    return undefined;
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** Files of one name count once, from the most special place; they are merged in the order of their names. */
function mergeDropIns(unit: UnitFile, directories: readonly string[], { debug }: GenerateOptions, errors: string[]): void {
  const files = new Map<string, string>();
  for (const place of dropInPlaces(unit.name)) {
    for (const directory of directories) {
      for (const name of namesIn(join(directory, place))) {
        if (name.endsWith('.conf') && !files.has(name)) files.set(name, join(directory, place, name));
      }
    }
  }
  for (const name of [...files.keys()].sort()) {
    const path = files.get(name)!;
    debug(`Loading source drop-in file ${path}`);
    const dropIn = readUnit(path, name, errors);
    if (dropIn !== undefined) unit.merge(dropIn);
  }
}

/** `a-b@i.container` has drop-ins of its own, of `a-b@`, of `a-`, and of all containers: the most special first. */
function dropInPlaces(name: string): string[] {
  const dot = name.lastIndexOf('.');
  const ending = `${name.slice(dot)}.d`;
  const [base = '', instance] = name.slice(0, dot).split(/@(.*)/s);
  const parts = base.split('-').slice(0, -1);
  const beginnings = parts.flatMap((_, at) => {
    const beginning = `${parts.slice(0, at + 1).join('-')}-`;
    return [beginning + ending, ...(instance === undefined ? [] : [`${beginning}@${ending}`])];
  });
  return [ending.slice(1), ...beginnings, ...(instance ? [`${base}@${ending}`] : []), `${name}.d`].reverse();
}

function warnOf(unit: UnitFile, warn: (message: string) => void): void {
  for (const key of ['User', 'Group', 'DynamicUser']) {
    if (unit.value('Service', key) !== undefined)
      warn(`Warning: using key ${key} in the Service group is not supported - use at your own risk`);
  }
  const { group } = kindOf(unit.name)!;
  const image = ['Container', 'Volume', 'Image'].includes(group) ? unit.value(group, 'Image') : undefined;
  if (image === undefined || /\.(build|image)$/.test(image) || isUnambiguous(image)) return;
  warn(
    `Warning: ${unit.name} specifies the image "${image}" which not a fully qualified image name. This is not ideal for performance and ` +
      'security reasons. See the podman-pull manpage discussion of short-name-aliases.conf for details.',
  );
}

function isUnambiguous(image: string): boolean {
  if (image.startsWith('sha256:') || /^[0-9a-fA-F]{64}$/.test(image)) return true;
  const at = image.indexOf('/');
  return at >= 0 && (/[.:]/.test(image.slice(0, at)) || image.slice(0, at) === 'localhost');
}

/** Writes a service and the links that its [Install] group asks for. */
export function writeService(service: UnitFile, directory: string, generator: string, warn: (message: string) => void): void {
  writeFileSync(join(directory, service.name), `# Automatically generated by ${generator}\n# \n${service}`);
  for (const link of linksOf(service)) {
    const path = join(directory, link);
    try {
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
      symlinkSync(relative(dirname(link), service.name), path);
    } catch (error) {
      warn(`Failed creating symlink ${path}: ${(error as Error).message}`);
    }
  }
}

function linksOf(service: UnitFile): string[] {
  const aliases = service
    .words('Install', 'Alias')
    .map(normalize)
    .filter((alias) => !alias.startsWith('..') && !alias.startsWith('/'));
  const [, base, instance] = /^([^@]*)@(.*)\.service$/.exec(service.name) ?? [];
  const chosen = service.value('Install', 'DefaultInstance');
  // A template is enabled by an instance only.
  const name = instance !== '' ? service.name : chosen === undefined ? undefined : `${base}@${chosen}.service`;
  if (name === undefined) return aliases;
  const kinds = { WantedBy: 'wants', RequiredBy: 'requires', UpheldBy: 'upholds' };
  const dependents = Object.entries(kinds).flatMap(([key, kind]) =>
    service
      .words('Install', key)
      .filter((unit) => !unit.includes('/'))
      .map((unit) => `${unit}.${kind}/${name}`),
  );
  return [...aliases, ...dependents];
}
