import { type Conversion, UnitRefused } from './conversion.ts';

/** The flags of a user namespace, from its own keys or from the older Remap ones. @throws UnitRefused */
export function userMappings(unit: Conversion, mayBeManual: boolean): string[] {
  const flags = [
    ...unit.texts('UserNS userns'),
    ...unit.words('UIDMap').flatMap((map) => ['--uidmap', map]),
    ...unit.words('GIDMap').flatMap((map) => ['--gidmap', map]),
    ...unit.texts('SubUIDMap subuidname SubGIDMap subgidname'),
  ];
  if (flags.length === 0) return remapped(unit, mayBeManual);
  if (['RemapUid', 'RemapGid', 'RemapUsers'].some((key) => unit.value(key) !== undefined))
    throw new UnitRefused('deprecated Remap keys are set along with explicit mapping keys');
  return flags;
}

function remapped(unit: Conversion, mayBeManual: boolean): string[] {
  const uids = unit.words('RemapUid');
  const gids = unit.words('RemapGid');
  const how = unit.value('RemapUsers') ?? '';
  const namespace = (options: string[]) => ['--userns', options.length > 0 ? `${how}:${options.join(',')}` : how];
  switch (how) {
    case '':
      if (uids.length > 0) throw new UnitRefused('UidMap set without RemapUsers');
      if (gids.length > 0) throw new UnitRefused('GidMap set without RemapUsers');
      return [];
    case 'manual':
      if (!mayBeManual) throw new UnitRefused('RemapUsers=manual is not supported');
      return [...uids.flatMap((map) => ['--uidmap', map]), ...gids.flatMap((map) => ['--gidmap', map])];
    case 'auto': {
      const size = unit.unit.number(unit.group, 'RemapUidSize');
      return namespace([
        ...uids.map((map) => `uidmapping=${map}`),
        ...gids.map((map) => `gidmapping=${map}`),
        ...(size > 0 ? [`size=${size}`] : []),
      ]);
    }
    case 'keep-id':
      if (uids.length > 1) throw new UnitRefused('RemapUsers=keep-id supports only a single value for UID mapping');
      if (gids.length > 1) throw new UnitRefused('RemapUsers=keep-id supports only a single value for GID mapping');
      return namespace([...uids.map((uid) => `uid=${uid}`), ...gids.map((gid) => `gid=${gid}`)]);
    default:
      throw new UnitRefused(`unsupported RemapUsers option '${how}'`);
  }
}
