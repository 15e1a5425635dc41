import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { isRootless, rootlessUid } from '../../config/paths.ts';
import { SelkieError } from '../../errors.ts';
import { writeFileAtomically } from '../../storage/atomic-file.ts';
import type { ServiceManager } from '../service-manager.ts';
import { serviceName } from './conversion.ts';
import { kindOf } from './kinds.ts';
import { installDirectory, unitDirectories } from './unit-directories.ts';
import { UnitFile } from './unit-file.ts';

export class NoSuchQuadlet extends SelkieError {}

/** Where this user's units may be, and where new ones go. */
export interface QuadletPlaces {
  directories: readonly string[];
  install: string;
}

export function quadletPlaces(): QuadletPlaces {
  const isUser = isRootless();
  return { directories: unitDirectories(isUser, isUser ? rootlessUid() : 0, () => {}), install: installDirectory(isUser) };
}

/** @throws NoSuchQuadlet */
export function findQuadlet(places: QuadletPlaces, name: string): string {
  if (!kindOf(name)) throw new SelkieError(`${JSON.stringify(extname(name))} is not a supported quadlet file type`);
  const found = places.directories.map((directory) => join(directory, basename(name))).find((path) => existsSync(path));
  if (found === undefined)
    throw new NoSuchQuadlet(`could not locate quadlet ${JSON.stringify(name)} in any supported quadlet directory: no such quadlet`);
  return found;
}

export function allQuadlets({ directories }: QuadletPlaces): string[] {
  return directories.flatMap((directory) => {
    try {
      const entries = readdirSync(directory, { withFileTypes: true });
      return entries.filter((entry) => !entry.isDirectory() && kindOf(entry.name)).map(({ name }) => join(directory, name));
    } catch {
      return [];
    }
  });
}

export interface QuadletStatus {
  name: string;
  unit: string;
  path: string;
  /** As systemd says, such as `active/running`; `Not loaded`, or why the file is none. */
  status: string;
  /** The file that lists what was installed together with it. */
  app: string;
}

export async function listQuadlets(places: QuadletPlaces, manager: ServiceManager): Promise<QuadletStatus[]> {
  const apps = new Map([...readApps(places.install)].flatMap(([app, files]) => files.map((file) => [file, app] as const)));
  const found = allQuadlets(places).map((path) => ({
    name: basename(path),
    unit: '',
    path,
    status: '',
    app: apps.get(basename(path)) ?? '',
  }));
  for (const quadlet of found) {
    try {
      quadlet.unit = serviceOf(quadlet.path);
    } catch (error) {
      quadlet.status = (error as Error).message;
    }
  }
  const states = await manager.states(found.map(({ unit }) => unit).filter((unit) => unit !== ''));
  for (const quadlet of found) {
    const state = states.get(quadlet.unit);
    if (state !== undefined) quadlet.status = state.load === 'loaded' ? `${state.active}/${state.sub}` : 'Not loaded';
  }
  return found;
}

/** @throws SelkieError for a file that is no unit */
function serviceOf(path: string): string {
  try {
    return `${serviceName(UnitFile.parse(readFileSync(path, 'utf8'), basename(path), path))}.service`;
  } catch (error) {
    throw new SelkieError(`parsing Quadlet file ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** `.NAME.app` lists the files that were installed from the directory or file NAME, a line each. */
function readApps(directory: string): Map<string, string[]> {
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => /^\..*\.app$/.test(name)) : [];
  return new Map(names.map((name) => [name, readNames(join(directory, name))]));
}

/** Names only: a path would lead out of the directory. */
const readNames = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.includes('/'));

export interface RemoveQuadlets {
  all: boolean;
  force: boolean;
  ignore: boolean;
}

export interface QuadletRemoval {
  removed: string[];
  errors: Map<string, string>;
}

/** Removes units, what was installed with them, and the lists of that. One that runs is stopped only with `force`. */
export async function removeQuadlets(
  places: QuadletPlaces,
  names: readonly string[],
  options: RemoveQuadlets,
  manager: ServiceManager,
): Promise<QuadletRemoval> {
  const apps = readApps(places.install);
  const result: QuadletRemoval = { removed: [], errors: new Map() };
  const assets = new Set<string>();
  const waiting = options.all ? allQuadlets(places) : names.flatMap((name) => withApp(name, apps, assets));
  const services = new Map<string, string>();
  const seen = new Set<string>();
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (seen.has(basename(name))) continue;
    seen.add(basename(name));
    try {
      const path = options.all ? name : findQuadlet(places, name);
      for (const [app, files] of apps) if (files.includes(basename(path))) waiting.push(...withApp(app, apps, assets));
      services.set(path, serviceOf(path));
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      if (options.ignore) result.removed.push(name);
      else result.errors.set(name, error.message);
    }
  }
  const states = await manager.states([...services.values()]);
  for (const [path, service] of services) {
    const name = basename(path);
    if (states.get(service)?.active === 'active') {
      if (!options.force) {
        result.errors.set(name, `quadlet ${name} is running and force is not set, refusing to remove: quadlet is running`);
        continue;
      }
      await manager.stop(service);
    }
    rmSync(path, { force: true });
    removeAssets(places.install, name);
    result.removed.push(name);
  }
  if (result.errors.size === 0) for (const asset of assets) rmSync(join(places.install, asset), { force: true });
  return result;
}

/** The units of an app by its name; its other files and its list are noted. */
function withApp(name: string, apps: ReadonlyMap<string, string[]>, assets: Set<string>): string[] {
  const files = apps.get(name);
  if (files === undefined) return [name];
  assets.add(name);
  for (const file of files) if (!kindOf(file)) assets.add(file);
  return files.filter((file) => kindOf(file));
}

/** What was installed beside a single unit. */
function removeAssets(directory: string, name: string): void {
  const list = join(directory, `.${name}.asset`);
  if (!existsSync(list)) return;
  for (const file of readNames(list)) rmSync(join(directory, file), { force: true });
  rmSync(list);
}

/** A file to install: where its bytes are, and the name that it gets. */
interface Candidate {
  bytes: Uint8Array;
  name: string;
}

/**
 * Installs units and files that belong to them. With a directory as the first, or a `.quadlets` file of several units, all is one app.
 * @param fetchFile gets what is named by an address  @returns path or error by what was typed
 */
export async function installQuadlets(
  places: QuadletPlaces,
  given: readonly string[],
  replace: boolean,
  fetchFile: (url: string) => Promise<Candidate>,
): Promise<{ installed: Map<string, string>; errors: Map<string, string> }> {
  const installed = new Map<string, string>();
  const errors = new Map<string, string>();
  mkdirSync(places.install, { recursive: true, mode: 0o755 });
  const [first = '', ...rest] = given;
  const isDirectory = !isUrl(first) && statOf(first).isDirectory();
  const paths = isDirectory
    ? [
        ...readdirSync(first)
          .sort()
          .map((name) => join(first, name)),
        ...rest,
      ]
    : given;
  let list = isDirectory ? `.${basename(first)}.app` : '';
  for (const path of paths) {
    const isFirst = list === '';
    if (isFirst) list = path.endsWith('.quadlets') ? `.${basename(path, '.quadlets')}.app` : `.${basename(path)}.asset`;
    try {
      const isSeveral = path.endsWith('.quadlets') && !isUrl(path);
      const candidates = isSeveral
        ? sectionsOf(path)
        : [isUrl(path) ? await fetchFile(path) : { bytes: readUnit(path), name: basename(path) }];
      for (const { bytes, name } of candidates) {
        const isUnit = isFirst || isSeveral;
        if (isUnit && !kindOf(name)) throw new SelkieError(`${JSON.stringify(extname(name))} is not a supported Quadlet file type`);
        const target = place(places.install, basename(name), bytes, replace);
        if (!isUnit || list.endsWith('.app')) appendFileSync(join(places.install, list), `${basename(name)}\n`, { mode: 0o644 });
        installed.set(isSeveral ? `${path}#${name}` : path, target);
      }
    } catch (error) {
      errors.set(path, (error as Error).message);
    }
  }
  return { installed, errors };
}

const isUrl = (text: string): boolean => /^https?:\/\//.test(text);

function statOf(path: string): { isDirectory(): boolean } {
  try {
    return statSync(path);
  } catch (cause) {
    throw new SelkieError(`unable to stat Quadlet path ${path}: stat ${path}: no such file or directory`, { cause });
  }
}

function readUnit(path: string): Uint8Array {
  if (!existsSync(path)) throw new SelkieError(`faccessat ${path}: no such file or directory`);
  if (statSync(path).isDirectory()) throw new SelkieError(`quadlet to install ${JSON.stringify(path)} is not a file`);
  return readFileSync(path);
}

function place(directory: string, name: string, bytes: Uint8Array, replace: boolean): string {
  const target = join(directory, name);
  if (!replace && existsSync(target)) throw new SelkieError(`a Quadlet with name ${name} already exists, refusing to overwrite`);
  writeFileAtomically(target, bytes, 0o644, false);
  return target;
}

/** Units in one file, divided by lines of `---`; each has a comment `# FileName=NAME`. */
function sectionsOf(path: string): Candidate[] {
  const sections = Buffer.from(readUnit(path))
    .toString()
    .split(/^[ \t]*---[ \t]*$/m)
    .map((section) => section.trim());
  const found = sections.flatMap((section, at) => {
    if (section === '') return [];
    const extension = [...section.matchAll(/^\s*\[([^\]]*)\]\s*$/gm)]
      .map(([, group]) => group!.toLowerCase())
      .find((group) => kindOf(`a.${group}`));
    if (extension === undefined) {
      throw new SelkieError(
        `unable to detect quadlet type in section ${at + 1}: no recognized quadlet section found (expected [Container], [Volume], [Network], [Kube], [Image], [Build], or [Pod])`,
      );
    }
    const name = /^\s*#\s*FileName=(.*)$/m.exec(section)?.[1]?.trim();
    if (!name) throw new SelkieError(`section ${at + 1}: missing required '# FileName=<name>' comment at the beginning of quadlet section`);
    if (/[/\\]/.test(name)) throw new SelkieError(`section ${at + 1}: FileName '${name}' cannot contain path separators`);
    return [{ name: `${name}.${extension}`, bytes: Buffer.from(section) }];
  });
  if (found.length === 0) throw new SelkieError(`no valid quadlet sections found in file ${path}`);
  return found;
}
