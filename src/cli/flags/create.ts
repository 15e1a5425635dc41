import { flag } from '../flag.ts';
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
  annotation: flag.stringArray({ summary: '' }),
  attach: flag.strings({ short: 'a', summary: '', choices: ['stderr', 'stdin', 'stdout'] }),
  cidfile: flag.string({ summary: '', complete: 'files' }),
  'conmon-pidfile': flag.string({ summary: '', complete: 'files' }),
  entrypoint: flag.string({ summary: '' }),
  env: flag.stringArray({ short: 'e', defaultText: '[PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin]', summary: '' }),
  'env-file': flag.stringArray({ summary: '', complete: 'files' }),
  'env-host': flag.bool({ summary: '' }),
  'env-merge': flag.stringArray({ summary: '' }),
  'group-entry': flag.string({ summary: '' }),
  hostuser: flag.strings({ summary: '' }),
  'http-proxy': flag.bool({ default: true, summary: '' }),
  'init-ctr': flag.string({ summary: '' }),
  interactive: flag.bool({ short: 'i', summary: '' }),
  label: flag.stringArray({ short: 'l', summary: '' }),
  'label-file': flag.stringArray({ summary: '', complete: 'files' }),
  'log-driver': flag.string({
    defaultText: '"k8s-file"',
    summary: '',
    choices: ['json-file', 'k8s-file', 'journald', 'none', 'passthrough', 'passthrough-tty'],
  }),
  'log-opt': flag.stringArray({ summary: '' }),
  name: flag.string({ summary: '' }),
  'passwd-entry': flag.string({ summary: '' }),
  personality: flag.string({ summary: '' }),
  pidfile: flag.string({ summary: '', complete: 'files' }),
  pod: flag.string({ summary: '', complete: 'pods' }),
  'pod-id-file': flag.string({ summary: '', complete: 'files' }),
  quiet: flag.bool({ short: 'q', summary: '' }),
  replace: flag.bool({ summary: '' }),
  requires: flag.strings({ summary: '', complete: 'containers' }),
  restart: flag.string({ summary: '', choices: ['always', 'no', 'never', 'on-failure', 'unless-stopped'] }),
  rm: flag.bool({ summary: '' }),
  sdnotify: flag.string({ default: 'container', summary: '', choices: ['conmon', 'container', 'healthy', 'ignore'] }),
  'stop-signal': flag.string({ summary: '', complete: 'signals' }),
  'stop-timeout': flag.uint({ defaultText: '10', summary: '' }),
  sysctl: flag.strings({ summary: '' }),
  systemd: flag.string({ default: 'true', summary: '', choices: ['always', 'false', 'true'] }),
  timeout: flag.uint({ summary: '' }),
  tty: flag.bool({ short: 't', summary: '' }),
  tz: flag.string({ summary: '' }),
  unsetenv: flag.stringArray({ summary: '' }),
  'unsetenv-all': flag.bool({ summary: '' }),
  user: flag.string({ short: 'u', summary: '', complete: 'users' }),
  workdir: flag.string({ short: 'w', summary: '', complete: 'none' }),
};
