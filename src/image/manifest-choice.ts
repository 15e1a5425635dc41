import { SelkieError } from '../errors.ts';
import { dockerList, dockerManifest, dockerSchema1, dockerSigned, isListType, ociIndex, ociManifest } from './media-types.ts';

export interface ManifestChoice {
  /** Types to try, in order; the first is the best. */
  readonly candidates: readonly string[];
}

export interface ManifestWish {
  readonly sourceType: string;
  /** What the destination takes; undefined: anything. */
  readonly supported?: readonly string[];
  /** Asked for by the user. */
  readonly forced?: string;
  /** Layers will be compressed with zstd, which docker's types have no name for. */
  readonly onlyOci: boolean;
  /** Layers are encrypted, which only OCI's types have a name for. */
  readonly encrypted?: boolean;
  /** Why the manifest must stay as it is, or undefined. */
  readonly fixedBecause?: string;
}

const anyType = [ociManifest, dockerManifest, dockerSigned, dockerSchema1];
const preferred = [dockerManifest, dockerSigned];

/** The manifest types to try at the destination. @throws SelkieError when there is none that does for what is wished */
export function chooseManifestTypes(wish: ManifestWish): ManifestChoice {
  const { sourceType, forced } = wish;
  const supported = (forced ? [forced] : (wish.supported ?? anyType)).filter(
    (type) => !isListType(type) && (!(wish.onlyOci || wish.encrypted) || type === ociManifest),
  );
  const usable =
    forced && wish.supported && !wish.supported.includes(forced) && !(isOci(forced) && wish.supported.some(isOci)) ? [] : supported;
  if (usable.length === 0) {
    if (wish.encrypted) throw new SelkieError(whyNotEncrypted(wish));
    throw new SelkieError(
      `the destination does not support the manifest type ${JSON.stringify(forced ?? sourceType)}${wish.onlyOci ? ' (zstd layers need OCI)' : ''}`,
    );
  }
  // Where it may not change, the destination is left to say whether it takes it.
  if (wish.fixedBecause !== undefined) return { candidates: [sourceType] };
  return { candidates: [...new Set([...[sourceType, ...preferred].filter((type) => usable.includes(type)), ...usable])] };
}

function whyNotEncrypted({ forced, supported = anyType }: ManifestWish): string {
  if (forced) return `encryption required together with format ${forced}, which does not support encryption`;
  const types = supported.filter((type) => !isListType(type)).join(', ');
  return `encryption required but the destination only supports MIME types [${types}], none of which support encryption`;
}

/** The list type for a destination. */
export function chooseListType(sourceType: string, supported: readonly string[] | undefined, forced: string | undefined): string {
  const wanted = forced === undefined ? sourceType : isOci(forced) ? ociIndex : dockerList;
  if (supported === undefined || supported.includes(wanted)) return wanted;
  return supported.find(isListType) ?? wanted;
}

function isOci(type: string): boolean {
  return type === ociManifest || type === ociIndex;
}
