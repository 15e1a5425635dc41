import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { mountContainer, unmountContainer } from '../container/init.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { UserDatabase } from '../container/spec/user-lookup.ts';
import type { OciImageConfig } from '../image/image-config.ts';

/** What differs from the usual: capabilities, labels, user, a read-only root; undefined where nothing does. */
export function securityContext(engine: ContainerEngine, container: Container, image: OciImageConfig): object | undefined {
  const { config } = container;
  const { process, linux, annotations } = config.spec;
  const capabilities = config.privileged ? undefined : capabilityChanges(engine, process?.capabilities);
  const seLinuxOptions = labelsOf(annotations?.['io.podman.annotations.label']);
  const context = {
    ...(capabilities ? { capabilities } : {}),
    ...(seLinuxOptions ? { seLinuxOptions } : {}),
    ...(process?.noNewPrivileges ? { allowPrivilegeEscalation: false } : {}),
    ...(config.privileged ? { privileged: true } : {}),
    ...(config.readOnly ? { readOnlyRootFilesystem: true } : {}),
    ...(linux !== undefined && linux.maskedPaths === undefined ? { procMount: 'Unmasked' } : {}),
    ...(config.user === '' || config.user === (image.User ?? '') ? {} : userOf(engine, container)),
    ...(Number(image.User) > 0 ? { runAsNonRoot: true } : {}),
  };
  return Object.keys(context).length > 0 ? context : undefined;
}

function capabilityChanges(engine: ContainerEngine, own: object | undefined): object | undefined {
  if (own === undefined) return undefined;
  const has = new Set(Object.values(own as Record<string, string[] | undefined>).flatMap((list) => list ?? []));
  const usual = engine.conf.containers.default_capabilities;
  const add = [...has].filter((name) => !usual.includes(name));
  const drop = usual.filter((name) => !has.has(name));
  if (add.length + drop.length === 0) return undefined;
  return { ...(add.length > 0 ? { add } : {}), ...(drop.length > 0 ? { drop } : {}) };
}

/** `--security-opt label=…`, several joined by `,label=`. */
function labelsOf(text = ''): object | undefined {
  const labels: Record<string, string> = {};
  for (const label of text.split(',label=')) {
    const [, kind, value = ''] = /^(filetype|type|level):(.*)$/s.exec(label) ?? [];
    if (kind !== undefined) labels[kind === 'filetype' ? 'filetype' : kind] = value;
    else if (label === 'disable') labels['type'] = 'spc_t';
  }
  return Object.keys(labels).length > 0 ? labels : undefined;
}

/** The numbers behind a name are in the container's own files. */
function userOf(engine: ContainerEngine, container: Container): object {
  const wasMounted = container.state.mounted;
  const path = mountContainer(engine, container);
  try {
    using rootfs = new Rootfs(path);
    const { uid, gid } = new UserDatabase(rootfs).find(container.config.user);
    return { runAsUser: uid, runAsGroup: gid };
  } finally {
    if (!wasMounted) {
      unmountContainer(engine, container);
      engine.state.saveState(container);
    }
  }
}
