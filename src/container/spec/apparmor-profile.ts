import { SelkieError } from '../../errors.ts';

/** What a container's processes must not write to, though file permissions may let root do so. */
const denied = [
  'deny @{PROC}/* w,',
  'deny @{PROC}/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9]*}/** w,',
  'deny @{PROC}/sys/[^k]** w,',
  'deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,',
  'deny @{PROC}/{sysrq-trigger,kcore} rwklx,',
  'deny mount,',
  'deny /sys/[^f]*/** wklx,',
  'deny /sys/f[^s]*/** wklx,',
  'deny /sys/fs/[^c]*/** wklx,',
  'deny /sys/fs/c[^g]*/** wklx,',
  'deny /sys/fs/cg[^r]*/** wklx,',
  'deny /sys/firmware/** rwklx,',
  'deny /sys/kernel/security/** rwklx,',
];

/** The profile that confines containers for which no other was asked: all but the host's own settings. Language: apparmor.d(5). */
export function defaultProfile(name: string): string {
  return `#include <tunables/global>

profile ${name} flags=(attach_disconnected,mediate_deleted) {
  #include <abstractions/base>

  network,
  capability,
  file,
  umount,

  # From the host's tools and the runtime, and among its own processes.
  signal (receive) peer=unconfined,
  signal (receive) peer={/usr/bin/,/usr/sbin/,}{runc,crun*,podman,selkie},
  signal (send,receive) peer=${name},
  ptrace (trace,read,tracedby,readby) peer=${name},

${denied.map((rule) => `  ${rule}`).join('\n')}
}
`;
}

/** Has the kernel take a profile, in place of one of the same name. @throws SelkieError with the parser's own words */
export function loadProfile(name: string, text = defaultProfile(name)): void {
  const parser = Bun.which('apparmor_parser', { PATH: `${process.env['PATH'] ?? ''}:/sbin:/usr/sbin` });
  if (parser === null)
    throw new SelkieError(`install profile ${name}: find \`apparmor_parser\` binary: executable file not found in $PATH`);
  const { exitCode, stderr } = Bun.spawnSync([parser, '-Kr'], { stdin: Buffer.from(text), stdout: 'ignore', stderr: 'pipe' });
  if (exitCode !== 0) throw new SelkieError(`install profile ${name}: execute apparmor_parser: ${stderr.toString().trim()}`);
}
