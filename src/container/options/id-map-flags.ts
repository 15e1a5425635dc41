import { isRootless } from '../../config/paths.ts';
import { subordinateIds } from '../../rootless/id-mappings.ts';
import { InvalidOption } from '../create-errors.ts';
import type { IdMappingChoice } from '../create-options.ts';
import type { OciIdMapping } from '../oci-spec.ts';
import { ownMappings } from '../spec/id-mappings.ts';
import { cut } from './cut.ts';
import { fillMap, freeRanges, insertMapping, mergeConsecutive } from './id-ranges.ts';
import { parseUint } from './numbers.ts';

type Kind = 'UID' | 'GID';

export interface IdMapFlags {
  uidmap: readonly string[];
  gidmap: readonly string[];
  subuidname: string;
  subgidname: string;
  /** Options of `--userns=auto:…`. */
  auto?: string;
}

/** `--uidmap`, `--gidmap`, `--subuidname`, `--subgidname`: ranges of a private user namespace; undefined where none is asked for. */
export function parseIdMapFlags(flags: IdMapFlags): IdMappingChoice | undefined {
  const subUid = flags.subuidname || flags.subgidname;
  const subGid = flags.subgidname || flags.subuidname;
  const uidValues = flags.uidmap.length > 0 ? flags.uidmap : flags.gidmap;
  const gidValues = flags.gidmap.length > 0 ? flags.gidmap : flags.uidmap;
  const own = ownMappings();
  let uidMap = parseIdMap(uidValues, 'UID', own.uidMap);
  let gidMap = parseIdMap(gidValues, 'GID', own.gidMap);
  if (isRootless()) {
    if (uidMap.length > 0 && gidMap.length === 0) gidMap = fillMap(gidMap, freeRanges(gidMap, own.gidMap));
    else if (uidMap.length === 0 && gidMap.length > 0) uidMap = fillMap(uidMap, freeRanges(uidMap, own.uidMap));
  }
  if (subUid !== '') {
    uidMap = [...subordinate('subuid', subUid), ...uidMap];
    gidMap = [...subordinate('subgid', subGid), ...gidMap];
  }
  const auto = parseAutoOptions(flags.auto, own);
  if (uidMap.length === 0 && gidMap.length === 0 && !auto) return undefined;
  return { uidMap, gidMap, ...(auto ? { auto } : {}) };
}

function subordinate(kind: 'subuid' | 'subgid', name: string): OciIdMapping[] {
  return subordinateIds(kind, name, -1).map(({ containerId, hostId, size }) => ({ containerID: containerId, hostID: hostId, size }));
}

/** `size=,uidmapping=,gidmapping=`. */
function parseAutoOptions(text: string | undefined, own: ReturnType<typeof ownMappings>): IdMappingChoice['auto'] {
  if (text === undefined) return undefined;
  const auto: NonNullable<IdMappingChoice['auto']> = { size: 0, uidMap: [], gidMap: [] };
  for (const part of text === '' ? [] : text.split(',')) {
    const [key, value] = cut(part, '=');
    if (value === undefined) throw new InvalidOption(`invalid option specified: ${JSON.stringify(part)}`);
    if (key === 'size') auto.size = parseUint(value, 32);
    else if (key === 'uidmapping') auto.uidMap.push(...parseAutoMapping(value, 'UID', own.uidMap));
    else if (key === 'gidmapping') auto.gidMap.push(...parseAutoMapping(value, 'GID', own.gidMap));
    else throw new InvalidOption(`unknown option specified: ${JSON.stringify(key)}`);
  }
  return auto;
}

function parseAutoMapping(text: string, kind: Kind, own: OciIdMapping[]): OciIdMapping[] {
  const parts = text.split(':');
  if (parts.length === 2) parts.push('1');
  if (parts.length !== 3)
    throw new InvalidOption(
      `initializing ID mappings: ${kind} setting is malformed expected ["uint32:[@]uint32[:uint32]"] : ${JSON.stringify(text)}`,
    );
  return mergeConsecutive(ranges(parts as Triple, kind, own));
}

type Triple = [string, string, string];

/** `[+ug]CONTAINER:[@]HOST[:SIZE]`, several in one value too. `+` replaces what it overlaps. */
export function parseIdMap(values: readonly string[], kind: Kind, own: OciIdMapping[]): OciIdMapping[] {
  const malformed = new InvalidOption(
    `initializing ID mappings: ${kind} setting is malformed expected ["[+ug]uint32:[@]uint32[:uint32]"] : [${values.map((value) => JSON.stringify(value)).join(' ')}]`,
  );
  let map: OciIdMapping[] = [];
  let fill = false;
  for (const value of values) {
    if (value === '') continue;
    const parts = value.split(':');
    if (parts.length === 2) parts.push('1');
    if (parts.length % 3 !== 0) throw malformed;
    for (let at = 0; at < parts.length; at += 3) {
      const triple = parts.slice(at, at + 3) as Triple;
      if (triple[0] === '') throw malformed;
      const { flags, rest } = splitFlags(triple);
      const meant = !/[ug]/.test(flags) || flags.includes(kind === 'UID' ? 'u' : 'g');
      const parsed = ranges([rest, triple[1], triple[2]], kind, meant ? own : []);
      if (!meant) continue;
      for (const range of parsed) {
        if (range.size === 0) continue;
        if (!flags.includes('+')) map.push(range);
        else {
          if (map.length === 0 && isRootless()) fill = true;
          map = insertMapping(map, range);
        }
      }
    }
  }
  if (fill) map = fillMap(map, freeRanges(map, own));
  return mergeConsecutive(map);
}

function splitFlags(triple: Triple): { flags: string; rest: string } {
  const flags = /^[+ug]*/.exec(triple[0])?.[0] ?? '';
  const rest = triple[0].slice(flags.length);
  const unknown = /^[^0-9]/.exec(rest)?.[0];
  if (unknown !== undefined) throw new InvalidOption(`invalid mapping: [${triple.join(' ')}]. Unknown flag ${unknown.codePointAt(0)}`);
  if (rest === '') throw new InvalidOption(`invalid mapping: [${triple.join(' ')}], parsing flags`);
  return { flags, rest };
}

function ranges([containerText, hostText, sizeText]: Triple, kind: Kind, own: OciIdMapping[]): OciIdMapping[] {
  const number = (text: string) => {
    try {
      return parseUint(text.replace(/^@/, ''), 32);
    } catch (error) {
      throw new InvalidOption(`parsing id map value ${JSON.stringify(text)}: ${(error as Error).message}`, { cause: error });
    }
  };
  const containerID = number(containerText);
  if (hostText === '') throw new InvalidOption(`invalid empty host id at ${kind} map: [${containerText} ${hostText} ${sizeText}]`);
  const hostID = number(hostText);
  const size = number(sizeText);
  if (!hostText.startsWith('@')) return [{ containerID, hostID, size }];
  return own.length === 0 ? [] : throughParent({ containerID, hostID, size }, kind, own);
}

/** `@HOST` is an id outside of our own namespace: it is what we see it as. */
function throughParent({ containerID, hostID, size }: OciIdMapping, kind: Kind, own: OciIdMapping[]): OciIdMapping[] {
  const found: OciIdMapping[] = [];
  for (let done = 0; done < size; ) {
    const at = hostID + done;
    const holder = own.find((range) => at >= range.hostID && at < range.hostID + range.size);
    if (!holder) throw new InvalidOption(`parent ID ${kind} ${at} is not mapped/delegated`);
    const count = Math.min(size - done, holder.hostID + holder.size - at);
    found.push({ containerID: containerID + done, hostID: holder.containerID + at - holder.hostID, size: count });
    done += count;
  }
  return found;
}
