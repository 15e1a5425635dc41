import { flag } from '../flag.ts';

/** Which namespaces of the kernel a container has of its own. */
export const namespaces = {
  cgroupns: flag.string({ summary: 'Cgroup namespace: host, private, container:NAME or ns:PATH' }),
  gidmap: flag.strings({ summary: 'Map groups: container:host:count' }),
  ipc: flag.string({ summary: 'IPC namespace: host, private, shareable, none, container:NAME or ns:PATH' }),
  pid: flag.string({ summary: 'PID namespace: host, private, container:NAME or ns:PATH' }),
  subgidname: flag.string({ summary: 'Map the groups of this name in /etc/subgid', complete: 'subordinateGroups' }),
  subuidname: flag.string({ summary: 'Map the users of this name in /etc/subuid', complete: 'subordinateUsers' }),
  uidmap: flag.strings({ summary: 'Map users: container:host:count' }),
  userns: flag.string({ summary: 'User namespace: host, keep-id, auto, nomap, private, container:NAME or ns:PATH' }),
  uts: flag.string({ summary: 'UTS namespace: host, private, container:NAME or ns:PATH' }),
};
