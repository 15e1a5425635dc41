import { basename, join } from 'node:path';
import { InvalidKube } from './errors.ts';

const ofContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const ofPod = 'seccomp.security.alpha.kubernetes.io/pod';

/** The seccomp profile that annotations name for a container; undefined for the usual one. @throws InvalidKube */
export function seccompProfile(annotations: Readonly<Record<string, string>>, container: string, root: string): string | undefined {
  const name = annotations[`${ofContainer}${container}`] ?? annotations[ofPod];
  if (name === undefined || name === 'docker/default' || name === 'runtime/default') return undefined;
  if (name === 'unconfined') return name;
  const [place, profile] = name.split('/');
  if (place !== 'localhost' || !profile) throw new InvalidKube(`invalid seccomp path: ${name}`);
  return join(root, basename(profile));
}
