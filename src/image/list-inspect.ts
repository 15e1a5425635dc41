import { dockerPlatform, type ListInstance, ListRecord } from './list-record.ts';
import type { LocalImage } from './local-image.ts';

/** `podman manifest inspect`: docker's form of the list, with what OCI knows beside. Keys in podman's order. */
export function inspectList(image: LocalImage): Record<string, unknown> {
  const list = ListRecord.load(image);
  return {
    schemaVersion: 2,
    mediaType: list.mediaType,
    ...(list.artifactType ? { artifactType: list.artifactType } : {}),
    manifests:
      list.instances.length === 0 ? null : list.instances.map((entry) => inspectInstance(entry, list.artifacts.files?.[entry.digest])),
    ...(list.subject ? { subject: inspectSubject(list.subject) } : {}),
    ...(list.annotations ? { annotations: list.annotations } : {}),
  };
}

/** One entry as it is shown. */
export function inspectInstance(entry: ListInstance, files: string[] | undefined): Record<string, unknown> {
  return {
    mediaType: entry.mediaType,
    size: entry.size,
    digest: entry.digest,
    ...(entry.urls?.length ? { urls: entry.urls } : {}),
    platform: dockerPlatform(entry.platform),
    ...(entry.annotations ? { annotations: entry.annotations } : {}),
    ...(entry.artifactType ? { artifactType: entry.artifactType } : {}),
    ...(entry.data ? { data: entry.data } : {}),
    ...(files?.length ? { files } : {}),
  };
}

function inspectSubject(subject: NonNullable<ListRecord['subject']>): Record<string, unknown> {
  return {
    mediaType: subject.mediaType,
    size: subject.size,
    digest: subject.digest,
    platform: { architecture: '', os: '' },
    ...(subject.artifactType ? { artifactType: subject.artifactType } : {}),
  };
}
