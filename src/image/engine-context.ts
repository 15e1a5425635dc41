import type { Store } from '../storage/store.ts';
import type { ImageEventListener, ImageEventType } from './image-events.ts';
import type { EngineCopyOptions } from './pull-options.ts';

export interface ImageEngineOptions {
  /** Told of what podman would log as an event. */
  onEvent?: ImageEventListener;
  /** Removes the containers of an image that is removed by force; default: their records in the store only. */
  removeContainers?: (imageId: string) => Promise<void> | void;
  /** Whether a container of the store is not podman's own (buildah's and others'); default: all are. */
  isExternalContainer?: (containerId: string) => boolean;
  /** Defaults for every copy. */
  copy?: EngineCopyOptions;
}

/** What the engine's verbs, each in a file of its own, know of it. */
export interface EngineContext {
  readonly store: Store;
  readonly options: ImageEngineOptions;
  emit(type: ImageEventType, id: string, name: string, error?: string): void;
}
