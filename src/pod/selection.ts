import { readFileSync } from 'node:fs';
import type { ContainerEngine } from '../container/engine.ts';
import { SelkieError } from '../errors.ts';
import { errnoText } from '../os/libc.ts';
import { NoSuchPod } from './errors.ts';
import { latestPod, listPods, lookupPod, type Pod } from './pod.ts';

/** Which pods a command is about. */
export interface PodSelection {
  names: readonly string[];
  all?: boolean;
  latest?: boolean;
  /** Names that do not exist count for nothing. */
  ignore?: boolean;
}

/** The pods that are meant; nothing is returned when one of the names is not there. @throws NoSuchPod NoPods */
export function selectPods(engine: ContainerEngine, { names, all, latest, ignore }: PodSelection): Pod[] {
  if (all) return listPods(engine);
  if (latest) return [latestPod(engine)];
  return names.flatMap((name) => {
    try {
      return [lookupPod(engine, name)];
    } catch (error) {
      if (!ignore || !(error instanceof NoSuchPod)) throw error;
      return [];
    }
  });
}

/** The ID in a file that `--pod-id-file` names. @throws SelkieError */
export function readPodIdFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]!;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new SelkieError(`reading pod ID file: open ${path}: ${errnoText(code)}`, { cause: error });
  }
}
