import { statSync } from 'node:fs';
import type { ProgramName } from '../config/globals.ts';
import { hostArchitecture } from '../container/info/host.ts';
import { selkieVersion } from './program.ts';

/** The releases of the originals whose behaviour is followed. */
export const podmanVersion = '5.8.6';
export const buildahVersion = '1.43.2';

/** What `version` and `info` show, keys as in podman's JSON. */
export interface VersionFacts {
  APIVersion: string;
  Version: string;
  GoVersion: string;
  GitCommit: string;
  BuiltTime: string;
  Built: number;
  BuildOrigin: string;
  OsArch: string;
  Os: string;
}

/** Called as one of the originals, selkie names the release that it stands in for; scripts compare it. */
export function versionFacts(program: ProgramName): VersionFacts {
  const version = program === 'selkie' ? selkieVersion : podmanVersion;
  const built = builtAt();
  return {
    APIVersion: podmanVersion,
    Version: version,
    GoVersion: `bun${Bun.version}`,
    GitCommit: '',
    BuiltTime: ansiTime(built),
    Built: Math.trunc(built.getTime() / 1000),
    BuildOrigin: `selkie ${selkieVersion}`,
    OsArch: `linux/${hostArchitecture()}`,
    Os: 'linux',
  };
}

function builtAt(): Date {
  try {
    return statSync(process.execPath).mtime;
  } catch {
    return new Date(0);
  }
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Mon Oct 12 00:19:24 2026`, local time. */
export function ansiTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${days[date.getDay()]} ${months[date.getMonth()]} ${String(date.getDate()).padStart(2, ' ')} ${clock} ${date.getFullYear()}`;
}
