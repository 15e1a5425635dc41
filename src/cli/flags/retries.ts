import { type Flag, flag } from '../flag.ts';

/** How often a registry is tried again. @param doing what podman's help calls it: pull or push */
export const retries = (doing: 'pull' | 'push'): { retry: Flag<number>; 'retry-delay': Flag<string> } => ({
  retry: flag.uint({
    default: 3,
    configuredDefault: () => String(engine().retry ?? 3),
    summary: `How often to try again when performing ${doing}`,
  }),
  'retry-delay': flag.string({
    configuredDefault: () => (engine().retry_delay ? JSON.stringify(engine().retry_delay) : ''),
    summary: `How long to wait between ${doing} failures`,
  }),
});

const engine = () =>
  (require('../../config/containers-conf.ts') as typeof import('../../config/containers-conf.ts')).loadContainersConf().engine;
