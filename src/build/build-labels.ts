import { loadContainersConf } from '../config/containers-conf.ts';
import { type Labels, labelsFor } from '../container/spec/labels.ts';
import { containerContexts, isSelinuxEnabled } from '../os/selinux.ts';

export const noLabels: Labels = { process: '', mount: '' };

/** SELinux labels for the commands of a build, which all its working containers share: stages read each other's files. */
export function buildLabels(securityOpts: readonly string[]): Labels {
  if (!loadContainersConf().containers.label || !isSelinuxEnabled()) return noLabels;
  const options = securityOpts.flatMap((text) => /^label[=:](.*)$/.exec(text)?.[1] ?? []);
  return labelsFor(containerContexts(), options, false, new Set());
}
