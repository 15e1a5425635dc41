import { flag } from '../flag.ts';

/** How the health of a container is watched. */
export const health = {
  'health-cmd': flag.string({
    aliases: ['healthcheck-command'],
    summary: 'Command that tells whether the container is healthy; "none" for none',
  }),
  'health-interval': flag.string({
    default: '30s',
    aliases: ['healthcheck-interval'],
    summary: 'How long between two checks; "disable" for none by itself',
  }),
  'health-log-destination': flag.string({
    default: 'local',
    summary: 'Where the results of checks are kept: a directory, "local" or "events_logger"',
  }),
  'health-max-log-count': flag.uint({ default: 5, summary: 'How many results are kept; 0 for all' }),
  'health-max-log-size': flag.uint({ default: 500, summary: 'How much of a result is kept, in characters; 0 for all' }),
  'health-on-failure': flag.string({
    default: 'none',
    summary: 'What becomes of a container that is not healthy',
    choices: ['kill', 'none', 'restart', 'stop'],
  }),
  'health-retries': flag.uint({
    default: 3,
    aliases: ['healthcheck-retries'],
    summary: 'How many checks must fail for it to be unhealthy',
  }),
  'health-start-period': flag.string({
    default: '0s',
    aliases: ['healthcheck-start-period'],
    summary: 'How long failures do not count after the start',
  }),
  'health-startup-cmd': flag.string({ summary: 'Command that tells whether the container has started up' }),
  'health-startup-interval': flag.string({ default: '30s', summary: 'How long between two start-up checks' }),
  'health-startup-retries': flag.uint({ summary: 'How many start-up checks may fail before a restart' }),
  'health-startup-success': flag.uint({ summary: 'How many start-up checks must succeed' }),
  'health-startup-timeout': flag.string({ default: '30s', summary: 'How long a start-up check may take' }),
  'health-timeout': flag.string({ default: '30s', aliases: ['healthcheck-timeout'], summary: 'How long a check may take' }),
  'no-healthcheck': flag.bool({ summary: 'Check nothing, whatever the image says' }),
};
