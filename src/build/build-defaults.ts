import { hostPlatform } from '../image/platform.ts';
import { type BuildOptions, noLimits } from './build-options.ts';

/**
 * All that a build needs beside its Containerfile, as `podman build` has it where nothing is said: layers are kept and used again,
 * images that are missing are pulled.
 */
export function buildDefaults(): Omit<BuildOptions, 'containerfile'> {
  const { os, architecture, variant } = hostPlatform();
  return {
    tags: [],
    format: 'oci',
    buildArgs: new Map(),
    buildContexts: new Map(),
    layers: true,
    useCache: true,
    cacheFrom: [],
    cacheTo: [],
    squashAll: false,
    skipUnusedStages: true,
    labels: [],
    annotations: [],
    unsetLabels: [],
    unsetEnv: [],
    env: [],
    layerLabels: [],
    inheritLabels: true,
    inheritAnnotations: true,
    unsetAnnotations: [],
    osFeatures: [],
    times: { rewrite: false },
    identityLabel: false,
    createdAnnotation: true,
    omitHistory: false,
    os,
    architecture,
    variant,
    pull: { policy: 'missing' },
    run: noLimits,
    outputs: [],
    jobs: 1,
    removeContainers: true,
    removeAfterFailure: true,
    compatVolumes: false,
    logPrefix: '',
    quietIds: false,
    quiet: false,
    version: '',
  };
}
