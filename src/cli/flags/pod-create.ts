import { flag, omit, pick } from '../flag.ts';
import { mounts } from './mounts.ts';
import { namespaces } from './namespaces.ts';
import { networking } from './networking.ts';
import { resources } from './resources.ts';

/** What both `pod create` and `pod clone` understand. */
export const newPodFlags = {
  ...pick(
    resources,
    'blkio-weight',
    'blkio-weight-device',
    'cgroup-parent',
    'cpu-shares',
    'cpus',
    'cpuset-cpus',
    'cpuset-mems',
    'device-read-bps',
    'device-write-bps',
    'memory',
    'memory-swap',
    'shm-size',
    'shm-size-systemd',
  ),
  ...omit(namespaces, 'cgroupns', 'ipc'),
  ...pick(mounts, 'device', 'gpus', 'volume', 'volumes-from'),
  'infra-command': flag.string({ summary: 'Command of the infra container' }),
  'infra-conmon-pidfile': flag.string({ summary: "Write the process id of the infra container's conmon to this file" }),
  'infra-name': flag.string({ summary: 'Name of the infra container' }),
  label: flag.stringArray({ short: 'l', summary: 'Label, as key=value' }),
  'label-file': flag.stringArray({ summary: 'File with a label on each line', complete: 'files' }),
  name: flag.string({ short: 'n', summary: 'Name' }),
  restart: flag.string({
    summary: 'When to start it again: no, always, on-failure[:MAX] or unless-stopped',
    choices: ['always', 'no', 'never', 'on-failure', 'unless-stopped'],
  }),
  'security-opt': flag.stringArray({
    summary: 'Security option: seccomp=, label=, apparmor=, mask=, unmask=, no-new-privileges, proc-opts=',
    complete: 'none',
  }),
  sysctl: flag.strings({ summary: 'Kernel setting, as name=value', complete: 'sysctls' }),
};

/** What `pod create` understands: above all how the infra container is to be made. */
export const podCreateFlags = {
  ...newPodFlags,
  ...omit(networking, 'expose', 'publish-all'),
  'exit-policy': flag.string({
    default: 'continue',
    summary: 'What becomes of the pod when its last container ends',
    choices: ['continue', 'stop'],
  }),
  infra: flag.bool({ default: true, summary: "Hold the pod's namespaces in an infra container" }),
  'infra-image': flag.string({ summary: 'Image of the infra container', complete: 'images' }),
  'pod-id-file': flag.string({ summary: "Write the pod's ID to this file", complete: 'files' }),
  replace: flag.bool({ summary: 'Take the place of one of that name' }),
  share: flag.string({ default: 'ipc,net,uts', summary: 'Which namespaces the containers share' }),
  'share-parent': flag.bool({ default: true, summary: "Put all containers under the pod's cgroup" }),
};
