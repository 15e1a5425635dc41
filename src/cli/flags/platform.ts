import { flag } from '../flag.ts';

/** Which image of a list is wanted. */
export const platform = {
  arch: flag.string({ valueName: 'ARCH', summary: 'Choose images for this architecture, not that of the machine' }),
  os: flag.string({ valueName: 'OS', summary: 'Choose images for this operating system, not the running one' }),
  platform: flag.string({ summary: 'Choose images for this platform: OS/ARCH[/VARIANT]' }),
  variant: flag.string({ summary: 'Choose images for this variant of the architecture' }),
};
