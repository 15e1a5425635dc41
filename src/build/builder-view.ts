import type { LocalImage } from '../image/local-image.ts';
import type { Builder } from './builder.ts';
import { type BuilderState, base64, bothFormats, builderType, defaultNamespaces, hostIds, isolations } from './builder-state.ts';

/** What `buildah inspect` shows: Go's BuilderInfo. */
export type BuilderInfo = Record<string, unknown>;

export function builderInfo(builder: Builder): BuilderInfo {
  return infoOf(builder.state, builder.mountPoint);
}

/** The same of an image, as if it were a container's. */
export function imageInfo(image: LocalImage): BuilderInfo {
  const manifest = image.manifest();
  return infoOf(
    {
      Args: null,
      type: builderType,
      image: image.names[0] ?? '',
      'image-id': image.id,
      'image-digest': image.digest ?? '',
      config: base64(image.rawConfig()),
      manifest: base64(manifest.bytes),
      'container-name': '',
      'container-id': '',
      annotations: manifest.parsed['annotations'] as Record<string, string> | undefined,
      ...bothFormats(structuredClone(image.image())),
      Isolation: 0,
      NamespaceOptions: defaultNamespaces(),
      ConfigureNetwork: 0,
    } as unknown as BuilderState,
    '',
  );
}

function infoOf(state: BuilderState, mountPoint: string): BuilderInfo {
  const text = (value: string | undefined): string => Buffer.from(value ?? '', 'base64').toString('utf8');
  return {
    Type: state.type,
    FromImage: state.image ?? '',
    FromImageID: state['image-id'],
    FromImageDigest: state['image-digest'],
    GroupAdd: state.GroupAdd ?? null,
    Config: text(state.config),
    Manifest: text(state.manifest),
    Container: state['container-name'],
    ContainerID: state['container-id'],
    MountPoint: mountPoint,
    ProcessLabel: state['process-label'] ?? '',
    MountLabel: state['mount-label'] ?? '',
    ImageAnnotations: state.annotations ?? null,
    ImageCreatedBy: state['created-by'] ?? '',
    OCIv1: state.ociv1,
    Docker: state.docker,
    DefaultMountsFilePath: state['defaultMountsFilePath'] ?? '',
    Isolation: isolations[state.Isolation] ?? 'oci',
    NamespaceOptions: state.NamespaceOptions,
    Capabilities: state.Capabilities ? [...state.Capabilities].sort() : null,
    ConfigureNetwork: ['NetworkDefault', 'NetworkDisabled', 'NetworkEnabled'][state.ConfigureNetwork] ?? 'NetworkDefault',
    CNIPluginPath: '',
    CNIConfigDir: '',
    IDMappingOptions: state['IDMappingOptions'] ?? hostIds,
    History: [...(state.ociv1.history ?? []), ...(state.PrependedEmptyLayers ?? []), ...(state.AppendedEmptyLayers ?? [])],
    Devices: state['Devices'] ?? null,
    DeviceSpecs: state.DeviceSpecs ?? null,
    CDIConfigDir: state['CDIConfigDir'] ?? '',
  };
}
