import { type Dirent, readdirSync, statSync } from 'node:fs';
import { deviceMajor, deviceMinor } from '../os/files.ts';

let found: Map<string, string> | undefined;

/** The host's device nodes by their numbers, `MAJOR:MINOR`; of several for one device the last by name. Read once, when first asked for. */
export function deviceNodes(): ReadonlyMap<string, string> {
  found ??= collect('/dev', new Map());
  return found;
}

function collect(directory: string, nodes: Map<string, string>): Map<string, string> {
  let entries: Dirent[] = [];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    // Not for us to read.
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) collect(path, nodes);
    else if (entry.isCharacterDevice() || entry.isBlockDevice()) {
      const { rdev } = statSync(path, { bigint: true });
      nodes.set(`${deviceMajor(rdev)}:${deviceMinor(rdev)}`, path);
    }
  }
  return nodes;
}
