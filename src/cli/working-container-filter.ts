import { SelkieError } from '../errors.ts';

/** Of `buildah containers --filter`. */
export interface ContainerFilter {
  id?: string;
  name?: string;
  ancestor?: string;
}

/** `id=…,name=…,ancestor=…` @throws SelkieError */
export function readContainerFilter(text: string): ContainerFilter {
  const filter: ContainerFilter = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    if (at < 0) throw new SelkieError(`parsing filter: incorrect filter value ${JSON.stringify(part)}, should be of form filter=value`);
    const key = part.slice(0, at).trim();
    if (key !== 'id' && key !== 'name' && key !== 'ancestor')
      throw new SelkieError(`parsing filter: invalid filter ${JSON.stringify(part.slice(0, at))}`);
    filter[key] = part.slice(at + 1);
  }
  return filter;
}

/** Whether a row is meant; of an image a part of its name or the beginning of its ID will do. */
export function matchesWorkingContainer(
  row: { id: string; imageid: string; imagename: string; containername: string },
  { id, name, ancestor }: ContainerFilter,
): boolean {
  if (id && !row.id.startsWith(id)) return false;
  if (name && !row.containername.includes(name)) return false;
  return !ancestor || (row.imageid !== '' && row.imageid.startsWith(ancestor)) || row.imagename.includes(ancestor);
}
