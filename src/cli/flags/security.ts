import { flag } from '../flag.ts';

/** What a container may do. */
export const security = {
  'cap-add': flag.strings({ summary: '', complete: 'capabilities' }),
  'cap-drop': flag.strings({ summary: '', complete: 'capabilities' }),
  'device-cgroup-rule': flag.strings({ summary: '' }),
  'group-add': flag.strings({ summary: '' }),
  privileged: flag.bool({ summary: '' }),
  'read-only': flag.bool({ summary: '' }),
  'read-only-tmpfs': flag.bool({ default: true, summary: '' }),
  'seccomp-policy': flag.string({ default: 'default', summary: '', choices: ['default', 'image'] }),
  'security-opt': flag.stringArray({ summary: '', complete: 'none' }),
  umask: flag.string({ defaultText: '"0022"', summary: '' }),
};
