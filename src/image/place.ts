import type { Store } from '../storage/store.ts';
import { isDigest } from './digest.ts';
import { InvalidImageName } from './errors.ts';
import { parseImageName } from './image-name.ts';
import { normalizeReference } from './reference.ts';
import { storeReference } from './store-reference.ts';
import type { ImageReference } from './transport.ts';

const ownStore = 'containers-storage:';

/** `transport:name`, where a store that is not named is the one that is open. @throws InvalidImageName, InvalidReference */
export function parsePlace(store: Store, text: string): ImageReference {
  if (!text.startsWith(ownStore)) return parseImageName(text);
  const rest = withoutOwnPlace(store, text.slice(ownStore.length));
  if (rest.startsWith('[')) return parseImageName(text);
  const at = rest.lastIndexOf('@');
  const tail = rest.slice(at + 1);
  if (at >= 0 && !isDigest(tail)) {
    const id = idOf(store, tail);
    if (id === undefined) throw new InvalidImageName(text, `${JSON.stringify(tail)} is neither a digest nor an image ID`);
    const name = rest.slice(0, at);
    return storeReference(store, name === '' ? { id } : { id, reference: normalizeReference(name) });
  }
  const id = at < 0 ? idOf(store, rest) : undefined;
  return storeReference(store, id === undefined ? { reference: normalizeReference(rest) } : { id });
}

/** The open store under its own name is used as it is: a second one on the same files would wait for the first one's locks. */
function withoutOwnPlace(store: Store, name: string): string {
  const { driver, graphRoot, runRoot } = store.options;
  const place = /^\[([^\]]*)\](.*)$/s.exec(name);
  if (!place) return name;
  const [where = ''] = place[1]!.split(':');
  const same = [`${driver}@${graphRoot}+${runRoot}`, `${driver}@${graphRoot}`, `${graphRoot}+${runRoot}`, graphRoot].includes(where);
  return same ? place[2]! : name;
}

function idOf(store: Store, text: string): string | undefined {
  if (!/^[0-9a-f]{3,64}$/.test(text)) return undefined;
  const id = store.images.find(text)?.id;
  return id?.startsWith(text) ? id : undefined;
}
