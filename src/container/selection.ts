import { readFileSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { errnoText } from '../os/libc.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { NoContainers, NoSuchContainer } from './errors.ts';
import { seeState } from './sync-state.ts';

/** Which containers a command is about. */
export interface Selection {
  names: readonly string[];
  all?: boolean;
  running?: boolean;
  latest?: boolean;
  filters?: readonly string[];
  /** Names that do not exist are given to `missing` instead of failing. */
  missing?: (name: string) => void;
}

export interface Selected {
  container: Container;
  /** What the command prints for it: as typed, or its ID. */
  typed: string;
}

/** The containers that are meant, with fresh states. @throws NoSuchContainer, SelkieError */
export function selectContainers(engine: ContainerEngine, selection: Selection): Selected[] {
  const asIs = (container: Container): Selected => ({ container, typed: container.id });
  if (selection.filters !== undefined && selection.filters.length > 0) {
    const { containerFilters } = require('./filters.ts') as typeof import('./filters.ts');
    const tests = containerFilters(engine, selection.filters);
    const found = seen(engine).filter((container) => tests.every((test) => test(container)));
    if (selection.names.length === 0) return found.map(asIs);
    return selection.names.flatMap((name) => {
      const wanted = engine.state.lookup(name);
      return found.filter(({ id }) => id === wanted.id).map((container) => ({ container, typed: name }));
    });
  }
  if (selection.running)
    return seen(engine)
      .filter(({ state }) => state.status === 'running')
      .map(asIs);
  if (selection.all) return seen(engine).map(asIs);
  if (selection.latest) return [asIs(latestContainer(engine))];
  return selection.names.flatMap((typed) => {
    const name = typed.replace(/^\//, '');
    try {
      const container = engine.state.lookup(name);
      return [{ container, typed: name }];
    } catch (error) {
      if (!(error instanceof NoSuchContainer) || selection.missing === undefined) throw error;
      selection.missing(name);
      return [];
    }
  });
}

/** @throws NoContainers */
export function latestContainer(engine: ContainerEngine): Container {
  const newest = engine.state.list().at(-1);
  if (newest === undefined) throw new NoContainers();
  return newest;
}

function seen(engine: ContainerEngine): Container[] {
  const containers = engine.state.list();
  for (const container of containers) seeState(engine, container);
  return containers;
}

/** IDs from `--cidfile`s; missing ones count for nothing with `ignore`. @throws SelkieError */
export function readCidFiles(paths: readonly string[], ignore = false): string[] {
  return paths.flatMap((path) => {
    try {
      return [readFileSync(path, 'utf8').split('\n')[0]!];
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (ignore && code === 'ENOENT') return [];
      throw new SelkieError(`reading CIDFile: open ${path}: ${errnoText(code)}`, { cause: error });
    }
  });
}
