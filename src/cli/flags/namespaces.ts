import { flag } from '../flag.ts';

/** Which namespaces of the kernel a container has of its own. */
export const namespaces = {
  cgroupns: flag.string({ summary: '' }),
  gidmap: flag.strings({ summary: '' }),
  ipc: flag.string({ summary: '' }),
  pid: flag.string({ summary: '' }),
  subgidname: flag.string({ summary: '' }),
  subuidname: flag.string({ summary: '' }),
  uidmap: flag.strings({ summary: '' }),
  userns: flag.string({ summary: '' }),
  uts: flag.string({ summary: '' }),
};
