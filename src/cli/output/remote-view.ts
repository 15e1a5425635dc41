import type { OciImage } from '../../image/image-config.ts';
import type { RemoteInspect } from '../../image/inspect-remote.ts';
import { GoTime } from './go-time.ts';
import { hidden, historyView } from './image-view.ts';
import { asMap } from './template.ts';

/** What `skopeo inspect` found as templates see it; as JSON it is what was found. */
export function remoteView(found: RemoteInspect): object {
  const view = {
    ...found,
    Name: found.Name ?? '',
    Tag: found.Tag ?? '',
    Created: found.Created === null ? null : new GoTime(found.Created),
    Labels: asMap(found.Labels ?? {}),
    LayersData: found.LayersData?.map((layer) => ({ ...layer, Annotations: asMap(layer.Annotations ?? {}) })) ?? [],
  };
  return hidden(view, found);
}

/** A config of OCI as templates see it, under the names of Go's fields. */
export function remoteConfigView(config: OciImage): object {
  const view = {
    Created: config.created ? new GoTime(config.created) : null,
    Author: config.author ?? '',
    Architecture: config.architecture ?? '',
    OS: config.os ?? '',
    Variant: config.variant ?? '',
    OSVersion: config['os.version'] ?? '',
    OSFeatures: config['os.features'] ?? [],
    Config: config.config ?? {},
    RootFS: { Type: config.rootfs?.type ?? '', DiffIDs: config.rootfs?.diff_ids ?? [] },
    History: (config.history ?? []).map(historyView),
  };
  return hidden(view, config);
}
