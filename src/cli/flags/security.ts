import { flag } from '../flag.ts';

/** What a container may do. */
export const security = {
  'cap-add': flag.strings({ summary: 'Capability to add', complete: 'capabilities' }),
  'cap-drop': flag.strings({ summary: 'Capability to take away', complete: 'capabilities' }),
  'device-cgroup-rule': flag.strings({ summary: 'Rule for the device cgroup: type major:minor mode' }),
  'group-add': flag.strings({ summary: 'Group to join; "keep-groups" keeps the caller\'s' }),
  privileged: flag.bool({ summary: 'Give it all capabilities and devices' }),
  'read-only': flag.bool({ summary: 'Make the root filesystem read-only' }),
  'read-only-tmpfs': flag.bool({ default: true, summary: 'With --read-only, put a tmpfs on /dev, /dev/shm, /run, /tmp and /var/tmp' }),
  'seccomp-policy': flag.string({ default: 'default', summary: 'Where the seccomp profile comes from', choices: ['default', 'image'] }),
  'security-opt': flag.stringArray({
    summary: 'Security option: seccomp=, label=, apparmor=, mask=, unmask=, no-new-privileges, proc-opts=',
    complete: 'none',
  }),
  umask: flag.string({ defaultText: '"0022"', summary: 'File mode creation mask' }),
};
