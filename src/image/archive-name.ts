import { manifestLimit } from './manifest.ts';
import type { ImageReference } from './transport.ts';
import { ArchiveFile } from './transports/archive-file.ts';
import type { OciArchiveReference } from './transports/oci-archive-reference.ts';
import { chooseDescriptor, parseLayoutIndex, refNameAnnotation } from './transports/oci-layout.ts';

const containerdName = 'io.containerd.image.name';

/** The name that an image of an oci-archive carries with it, or undefined. */
export async function archiveImageName(source: ImageReference): Promise<string | undefined> {
  const { layout, name } = source as OciArchiveReference;
  using archive = await ArchiveFile.open(layout.path);
  const { annotations } = chooseDescriptor(parseLayoutIndex(archive.read('index.json', manifestLimit)), layout, name);
  return annotations?.[containerdName] ?? annotations?.[refNameAnnotation];
}
