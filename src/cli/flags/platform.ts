import { flag } from '../flag.ts';

/** Which image of a list is wanted. */
export const platform = {
  arch: flag.string({ valueName: 'ARCH', summary: '' }),
  os: flag.string({ valueName: 'OS', summary: '' }),
  platform: flag.string({ summary: '' }),
  variant: flag.string({ summary: '' }),
};
