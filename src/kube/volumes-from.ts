import { InvalidKube } from './errors.ts';

/** Containers whose volumes an annotation gives to another; those of the pod that were made before go by the pod's name. */
export function volumesFromOf(
  container: string,
  podName: string,
  made: ReadonlySet<string>,
  annotations: Readonly<Record<string, string>>,
): string[] {
  const annotation = `io.podman.annotations.volumes-from/${container}`;
  const text = annotations[annotation];
  if (!text) return [];
  return text.split(';').map((entry) => {
    const [name = '', options, ...rest] = entry.split(':');
    if (rest.length > 0) throw new InvalidKube(`invalid annotation ${annotation} value`);
    if (name === '') throw new InvalidKube(`from container name cannot be empty in annotation ${annotation}`);
    if (name === container) throw new InvalidKube(`to and from container names cannot be same in annotation ${annotation}`);
    const full = made.has(name) ? `${podName}-${name}` : name;
    return options === undefined ? full : `${full}:${options}`;
  });
}
