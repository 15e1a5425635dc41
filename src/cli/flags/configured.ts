import { type Flag, flag } from '../flag.ts';

const engine = () =>
  (require('../../config/containers-conf.ts') as typeof import('../../config/containers-conf.ts')).loadContainersConf().engine;

export const detachKeys: Flag<string> = flag.string({
  defaultText: '"ctrl-p,ctrl-q"',
  configuredDefault: () => JSON.stringify(engine().detach_keys),
  valueName: '[a-Z]',
  summary: 'Keys that detach from the container',
});

/** For the help of flags that take a container's time to stop. */
export const configuredStopTimeout = (): string => String(engine().stop_timeout);

export const configuredKubeType = (): string => JSON.stringify(engine().kube_generate_type);
