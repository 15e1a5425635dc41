import { flag } from '../flag.ts';
import { configuredStopTimeout } from './configured.ts';
import { health } from './health.ts';
import { mounts } from './mounts.ts';
import { namespaces } from './namespaces.ts';
import { networking } from './networking.ts';
import { resources } from './resources.ts';
import { security } from './security.ts';
import { selection } from './selection.ts';

/** What `container create` and `container run` understand. */
export const createFlags = {
  ...resources,
  ...health,
  ...networking,
  ...namespaces,
  ...security,
  ...mounts,
  ...selection,
  annotation: flag.stringArray({ summary: 'Annotation, as key=value' }),
  attach: flag.strings({ short: 'a', summary: 'Attach to STDIN, STDOUT or STDERR', choices: ['stderr', 'stdin', 'stdout'] }),
  cidfile: flag.string({ summary: "Write the container's ID to this file", complete: 'files' }),
  'conmon-pidfile': flag.string({ summary: "Write conmon's process id to this file", complete: 'files' }),
  entrypoint: flag.string({ summary: "Program to run in place of the image's" }),
  env: flag.stringArray({
    short: 'e',
    defaultText: '[PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin]',
    summary: "Variable, as name=value; the name alone takes over the caller's",
  }),
  'env-file': flag.stringArray({ summary: 'File with a variable on each line', complete: 'files' }),
  'env-host': flag.bool({ summary: 'Take over all variables of the caller' }),
  'env-merge': flag.stringArray({ summary: 'Variable made of those of the image: NAME=${NAME}-more' }),
  'group-entry': flag.string({ summary: 'Line to add to /etc/group' }),
  hostuser: flag.strings({ summary: 'User of the host to add to /etc/passwd' }),
  'http-proxy': flag.bool({ default: true, summary: "Pass on the caller's proxy variables" }),
  'init-ctr': flag.string({ summary: 'Run at the start of the pod, before the others: "always" or "once"' }),
  interactive: flag.bool({ short: 'i', summary: 'Keep the input open' }),
  label: flag.stringArray({ short: 'l', summary: 'Label, as key=value' }),
  'label-file': flag.stringArray({ summary: 'File with a label on each line', complete: 'files' }),
  'log-driver': flag.string({
    defaultText: '"k8s-file"',
    summary: 'Where the output of containers goes',
    choices: ['json-file', 'k8s-file', 'journald', 'none', 'passthrough', 'passthrough-tty'],
  }),
  'log-opt': flag.stringArray({ summary: 'Option of the log driver, as key=value' }),
  name: flag.string({ summary: 'Name' }),
  'passwd-entry': flag.string({ summary: 'Line to add to /etc/passwd' }),
  personality: flag.string({ summary: 'Execution domain: LINUX or LINUX32' }),
  pidfile: flag.string({ summary: 'Write the process id of the container to this file', complete: 'files' }),
  pod: flag.string({ summary: 'Pod that it belongs to; new:NAME makes one', complete: 'pods' }),
  'pod-id-file': flag.string({ summary: "Read the pod's ID from this file", complete: 'files' }),
  quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
  replace: flag.bool({ summary: 'Take the place of one of that name' }),
  requires: flag.strings({ summary: 'Containers that have to run before', complete: 'containers' }),
  restart: flag.string({
    summary: 'When to start it again: no, always, on-failure[:MAX] or unless-stopped',
    choices: ['always', 'no', 'never', 'on-failure', 'unless-stopped'],
  }),
  rm: flag.bool({ summary: 'Remove it when it ends' }),
  sdnotify: flag.string({
    default: 'container',
    summary: 'Who tells systemd that it is ready',
    choices: ['conmon', 'container', 'healthy', 'ignore'],
  }),
  'stop-signal': flag.string({ summary: 'Signal that stops it', complete: 'signals' }),
  'stop-timeout': flag.uint({
    defaultText: '10',
    configuredDefault: configuredStopTimeout,
    summary: 'Seconds before it is killed when it does not stop',
  }),
  sysctl: flag.strings({ summary: 'Kernel setting, as name=value', complete: 'sysctls' }),
  systemd: flag.string({ default: 'true', summary: 'Prepare it for systemd: true, false or always', choices: ['always', 'false', 'true'] }),
  timeout: flag.uint({ summary: 'Seconds that it may run; then it is killed' }),
  tty: flag.bool({ short: 't', summary: 'Give the process a terminal' }),
  tz: flag.string({ summary: 'Time zone; "local" for the host\'s' }),
  unsetenv: flag.stringArray({ summary: 'Variable to leave out' }),
  'unsetenv-all': flag.bool({ summary: 'Take over no variables' }),
  user: flag.string({ short: 'u', summary: 'User, and group after a colon, to run as', complete: 'users' }),
  workdir: flag.string({ short: 'w', summary: 'Directory to run in', complete: 'none' }),
};
