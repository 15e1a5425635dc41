import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { changeConnections } from './connections.ts';

/** A farm: connections to machines that build together. The first one becomes the default. */
export function createFarm(name: string, connections: readonly string[]): void {
  changeConnections(({ Connection, Farm }) => {
    if (Farm.List?.[name]) throw new SelkieError(`farm with name "${name}" already exists`);
    for (const connection of connections) {
      if (!Connection.Connections?.[connection]) throw new SelkieError(`cannot create farm, "${connection}" is not a system connection`);
    }
    Farm.List = { ...Farm.List, [name]: [...connections] };
    if (Object.keys(Farm.List).length === 1) Farm.Default = name;
  });
}

export interface FarmChanges {
  add: readonly string[];
  remove: readonly string[];
  makeDefault: boolean;
}

export function updateFarm(name: string, { add, remove, makeDefault }: FarmChanges): void {
  if (add.length === 0 && remove.length === 0 && !makeDefault) {
    throw new SelkieError(`nothing to update for farm "${name}", please use the --add, --remove, or --default flags to update a farm`);
  }
  changeConnections(({ Connection, Farm }) => {
    const members = new Set(Farm.List?.[name]);
    if (!Farm.List?.[name]) throw new SelkieError(`cannot update farm, "${name}" farm doesn't exist`);
    for (const connection of remove) {
      if (!members.delete(connection)) throw new SelkieError(`cannot remove from farm, "${connection}" is not a connection in the farm`);
    }
    for (const connection of add) {
      if (!Connection.Connections?.[connection]) throw new SelkieError(`cannot add to farm, "${connection}" is not a system connection`);
      members.add(connection);
    }
    Farm.List[name] = [...members];
    if (makeDefault) Farm.Default = name;
  });
}

/** Removes these farms, or all. @returns those that were there  @throws SelkieError when none was */
export function removeFarms(names?: readonly string[]): string[] {
  const removed: string[] = [];
  changeConnections(({ Farm }) => {
    for (const name of names ?? Object.keys(Farm.List ?? {})) {
      if (!Farm.List?.[name]) {
        warn(`farm "${name}" doesn't exist; nothing to remove`);
        continue;
      }
      delete Farm.List[name];
      removed.push(name);
      if (Farm.Default === name) Farm.Default = Object.keys(Farm.List)[0];
    }
    if (names && removed.length === 0) throw new SelkieError(`failed to delete farms [${names.map((name) => `"${name}"`).join(' ')}]`);
  });
  return removed;
}
