import { flag } from '../flag.ts';

/** What a container sees in its filesystem beside the image. */
export const mounts = {
  chrootdirs: flag.stringArray({ summary: 'Directory into which the files of the host network are put as well' }),
  device: flag.stringArray({ summary: 'Device of the host: HOST[:CONTAINER[:rwm]], or a CDI name', complete: 'files' }),
  gpus: flag.strings({ summary: 'Pass on GPUs: "all"' }),
  'image-volume': flag.string({
    default: 'anonymous',
    summary: 'What becomes of volumes that the image declares',
    choices: ['anonymous', 'ignore', 'tmpfs'],
  }),
  init: flag.bool({ summary: 'Put an init program in front that passes signals on and reaps children' }),
  'init-path': flag.string({ summary: 'The init program' }),
  mount: flag.stringArray({ summary: 'Mount: type=TYPE,source=...,destination=...[,option=...]', complete: 'none' }),
  rootfs: flag.bool({ summary: 'The argument is a directory to run, not an image' }),
  secret: flag.stringArray({ summary: 'Secret: NAME[,type=mount|env][,target=...]', complete: 'secrets' }),
  tmpfs: flag.stringArray({ valueName: 'tmpfs', summary: 'Mount a tmpfs: PATH[:OPTIONS]' }),
  volume: flag.stringArray({ short: 'v', summary: 'Volume or directory to mount: [SOURCE:]PATH[:OPTIONS]', complete: 'volumeMounts' }),
  'volumes-from': flag.stringArray({ summary: 'Mount the volumes of this container: NAME[:OPTIONS]', complete: 'containers' }),
};
