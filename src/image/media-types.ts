/** Media types of manifests, configs and layers, of docker and OCI. */
export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';
export const ociConfig = 'application/vnd.oci.image.config.v1+json';
export const ociEmpty = 'application/vnd.oci.empty.v1+json';
export const ociLayer = 'application/vnd.oci.image.layer.v1.tar';
export const ociLayerGzip = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const ociLayerZstd = 'application/vnd.oci.image.layer.v1.tar+zstd';
export const ociForeignLayer = 'application/vnd.oci.image.layer.nondistributable.v1.tar';
export const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
export const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const dockerSigned = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
export const dockerSchema1 = 'application/vnd.docker.distribution.manifest.v1+json';
export const dockerConfig = 'application/vnd.docker.container.image.v1+json';
export const dockerLayer = 'application/vnd.docker.image.rootfs.diff.tar';
export const dockerLayerGzip = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
export const dockerForeignLayer = 'application/vnd.docker.image.rootfs.foreign.diff.tar';
export const dockerForeignLayerGzip = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';

const layerTypes = new Set([
  ...[ociLayer, ociForeignLayer].flatMap((type) => [type, `${type}+gzip`, `${type}+zstd`]),
  ...[dockerLayer, dockerForeignLayer].flatMap((type) => [type, `${type}.gzip`, `${type}.zstd`]),
]);

/** A layer of an image, a tar that may be compressed, and not encrypted. */
export function isLayerType(mediaType: string): boolean {
  return layerTypes.has(mediaType);
}

/** What a manifest request accepts, in the order in which the field's tools send it. */
export const acceptedManifests = [ociManifest, dockerManifest, dockerSigned, dockerSchema1, dockerList, ociIndex] as const;

export function isListType(mediaType: string): boolean {
  return mediaType === ociIndex || mediaType === dockerList;
}

export function isSchema1Type(mediaType: string): boolean {
  return mediaType === dockerSigned || mediaType === dockerSchema1;
}

/** A layer whose bytes are to be fetched from URLs of its own and not to be given on. */
export function isForeignLayer(mediaType: string): boolean {
  return mediaType.startsWith(dockerForeignLayer) || mediaType.startsWith(ociForeignLayer);
}

const encryptedSuffix = '+encrypted';

/** A layer that only holders of a key can read. Format: ocicrypt. */
export function isEncryptedLayer({ mediaType }: { readonly mediaType?: string }): boolean {
  return mediaType?.endsWith(encryptedSuffix) ?? false;
}

export function encryptedType(mediaType: string): string {
  return mediaType + encryptedSuffix;
}

/** @param mediaType of an encrypted layer */
export function decryptedType(mediaType: string): string {
  return mediaType.slice(0, -encryptedSuffix.length);
}

/** Content types that say nothing: the field reads such a manifest of a registry as schema 1, as old registries sent it. */
export function normalizeManifestType(contentType: string): string {
  const bare = contentType.split(';')[0]!.trim().toLowerCase();
  return bare === 'application/json' || bare === 'text/plain' || bare === '' ? dockerSigned : bare;
}
