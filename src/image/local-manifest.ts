import { dockerList, dockerManifest, dockerSchema1, dockerSigned, ociIndex, ociManifest } from './media-types.ts';

/** The media type of a stored manifest, guessed from its shape when it does not say. */
export function guessMediaType(manifest: Record<string, unknown>): string {
  const declared = manifest['mediaType'];
  if (typeof declared === 'string' && declared !== '') return declared;
  if (manifest['schemaVersion'] === 1) return manifest['signatures'] ? dockerSigned : dockerSchema1;
  const config = manifest['config'] as { mediaType?: string } | undefined;
  if (config) return config.mediaType?.startsWith('application/vnd.docker.') ? dockerManifest : ociManifest;
  const instances = manifest['manifests'] as { mediaType?: string }[] | undefined;
  return instances?.some((instance) => instance.mediaType?.startsWith('application/vnd.docker.')) ? dockerList : ociIndex;
}
