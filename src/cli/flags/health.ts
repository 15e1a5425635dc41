import { flag } from '../flag.ts';

/** How the health of a container is watched. */
export const health = {
  'health-cmd': flag.string({ aliases: ['healthcheck-command'], summary: '' }),
  'health-interval': flag.string({ default: '30s', aliases: ['healthcheck-interval'], summary: '' }),
  'health-log-destination': flag.string({ default: 'local', summary: '' }),
  'health-max-log-count': flag.uint({ default: 5, summary: '' }),
  'health-max-log-size': flag.uint({ default: 500, summary: '' }),
  'health-on-failure': flag.string({ default: 'none', summary: '', choices: ['kill', 'none', 'restart', 'stop'] }),
  'health-retries': flag.uint({ default: 3, aliases: ['healthcheck-retries'], summary: '' }),
  'health-start-period': flag.string({ default: '0s', aliases: ['healthcheck-start-period'], summary: '' }),
  'health-startup-cmd': flag.string({ summary: '' }),
  'health-startup-interval': flag.string({ default: '30s', summary: '' }),
  'health-startup-retries': flag.uint({ summary: '' }),
  'health-startup-success': flag.uint({ summary: '' }),
  'health-startup-timeout': flag.string({ default: '30s', summary: '' }),
  'health-timeout': flag.string({ default: '30s', aliases: ['healthcheck-timeout'], summary: '' }),
  'no-healthcheck': flag.bool({ summary: '' }),
};
