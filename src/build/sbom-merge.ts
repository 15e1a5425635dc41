import { SelkieError } from '../errors.ts';

/** How the results of several scans become one. */
export type SbomMerge = 'cat' | 'merge-cyclonedx-by-component-name-and-version' | 'merge-spdx-by-package-name-and-versioninfo';

type Json = Record<string, unknown>;

/**
 * One bill of materials of several, and the package URLs in them. The first is kept as it is; what is new in the others is added.
 * Format: CycloneDX and SPDX in JSON; package URLs as `{"image_contents": {"dependencies": […]}}`. @throws SelkieError
 */
export function mergeBoms(results: readonly string[], merge: SbomMerge): { bom: string; purls: string } {
  const purls = new Set<string>();
  const noPurls = (): string => `${JSON.stringify({ image_contents: purls.size > 0 ? { dependencies: [...purls].sort() } : {} })}\n`;
  if (merge === 'cat') return { bom: results.join(''), purls: noPurls() };
  const isSpdx = merge.startsWith('merge-spdx');
  const [field, keyOf] = isSpdx ? (['packages', packageKey] as const) : (['components', componentKey] as const);
  const [first = {}, ...others] = results.map((text) => parse(text));
  const seen = addNew(first, [], field, (record) => keyOf(record, purls));
  for (const other of others) {
    addNew(first, records(other, field), field, (record) => keyOf(record, purls), seen);
    if (isSpdx)
      addNew(first, records(other, 'hasExtractedLicensingInfos'), 'hasExtractedLicensingInfos', ({ licenseId }) => String(licenseId));
  }
  return { bom: results.length === 1 ? results[0]! : `${JSON.stringify(first)}\n`, purls: noPurls() };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new SelkieError(`decoding the result of a scan: ${(cause as Error).message}`, { cause });
  }
}

const records = (document: Json, field: string): Json[] => (Array.isArray(document[field]) ? (document[field] as Json[]) : []);

function addNew(base: Json, more: readonly Json[], field: string, keyOf: (record: Json) => string, seen = new Set<string>()): Set<string> {
  const kept = records(base, field);
  for (const record of kept) seen.add(keyOf(record));
  for (const record of more) {
    const key = keyOf(record);
    if (!seen.has(key)) kept.push(record);
    seen.add(key);
  }
  if (kept.length > 0) base[field] = kept;
  return seen;
}

function componentKey({ name, version, purl }: Json, purls: Set<string>): string {
  if (typeof name !== 'string') throw new SelkieError('a component of a CycloneDX document has no name');
  if (typeof purl === 'string' && purl !== '') purls.add(purl);
  return version ? `${name}@${String(version)}` : name;
}

function packageKey({ name, versionInfo, externalRefs }: Json, purls: Set<string>): string {
  if (typeof name !== 'string') throw new SelkieError('a package of an SPDX document has no name');
  for (const reference of Array.isArray(externalRefs) ? (externalRefs as Json[]) : []) {
    const { referenceCategory, referenceType, referenceLocator } = reference;
    if (referenceCategory === 'PACKAGE-MANAGER' && referenceType === 'purl' && referenceLocator) purls.add(String(referenceLocator));
  }
  return versionInfo ? `${name}@${String(versionInfo)}` : name;
}
