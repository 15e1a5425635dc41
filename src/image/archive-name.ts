import { manifestLimit } from './manifest.ts';
import type { ImageReference } from './transport.ts';
import { ArchiveFile } from './transports/archive-file.ts';
import type { OciArchiveReference } from './transports/oci-archive-reference.ts';
import { chooseDescriptor, parseLayoutIndex, refNameAnnotation } from './transports/oci-layout.ts';

/** What an OCI archive calls its image: containerd's name before the specification's. */
export async function archiveImageName(source: ImageReference): Promise<string | undefined> {
  const { layout } = source as OciArchiveReference;
  using archive = await ArchiveFile.open(layout.path);
  const { annotations } = chooseDescriptor(parseLayoutIndex(archive.read('index.json', manifestLimit)), layout);
  return annotations?.['io.containerd.image.name'] || annotations?.[refNameAnnotation];
}
