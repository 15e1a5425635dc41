import { flag } from '../flag.ts';

/** What a container sees in its filesystem beside the image. */
export const mounts = {
  chrootdirs: flag.stringArray({ summary: '' }),
  device: flag.stringArray({ summary: '', complete: 'files' }),
  gpus: flag.strings({ summary: '' }),
  'image-volume': flag.string({ default: 'anonymous', summary: '', choices: ['anonymous', 'ignore', 'tmpfs'] }),
  init: flag.bool({ summary: '' }),
  'init-path': flag.string({ summary: '' }),
  mount: flag.stringArray({ summary: '', complete: 'none' }),
  rootfs: flag.bool({ summary: '' }),
  secret: flag.stringArray({ summary: '', complete: 'secrets' }),
  tmpfs: flag.stringArray({ valueName: 'tmpfs', summary: '' }),
  volume: flag.stringArray({ short: 'v', summary: '', complete: 'volumes' }),
  'volumes-from': flag.stringArray({ summary: '', complete: 'containers' }),
};
