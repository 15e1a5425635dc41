import type { BuilderInfo } from '../../build/builder-view.ts';
import type { OciImage, OciImageConfig } from '../../image/image-config.ts';
import { healthView } from './image-view.ts';
import { remoteConfigView } from './remote-view.ts';
import { asMap } from './template.ts';

/** What `buildah inspect` shows as templates see it: the two descriptions of the image under the names of Go's fields. */
export function builderView(info: BuilderInfo): object {
  const { OCIv1: oci, Docker: docker } = info as { OCIv1?: OciImage; Docker?: OciImage };
  if (oci === undefined || docker === undefined) return info;
  return {
    ...info,
    ImageAnnotations: asMap((info['ImageAnnotations'] as Record<string, string> | null) ?? {}),
    OCIv1: remoteConfigView({ ...oci, config: whole(oci.config) }),
    Docker: dockerView(docker),
  };
}

function dockerView(docker: OciImage): object {
  const full = whole(docker.config);
  const config = { ...full, Healthcheck: full.Healthcheck ? healthView(full.Healthcheck) : undefined };
  const view = {
    ...remoteConfigView({ ...docker, config: full }),
    Comment: docker.comment ?? '',
    DockerVersion: docker.docker_version ?? '',
    ContainerConfig: config,
    Config: config,
  };
  return Object.defineProperty(view, 'toJSON', { value: () => docker, enumerable: false });
}

/** Every field of the struct, set or not. */
function whole(config: OciImageConfig | undefined): OciImageConfig {
  const empty = { User: '', ExposedPorts: {}, Env: [], Entrypoint: [], Cmd: [], Volumes: {}, WorkingDir: '', Labels: {}, StopSignal: '' };
  const docker = { Hostname: '', Domainname: '', OnBuild: [], Shell: [], Healthcheck: undefined };
  const set = Object.fromEntries(Object.entries(config ?? {}).filter(([, value]) => value !== null && value !== undefined));
  return { ...empty, ...docker, ...set } as OciImageConfig;
}
