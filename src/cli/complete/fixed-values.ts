import { type Answer, beginningsOf, nothing, openWordsOf, ordinary, wordsOf } from './answer.ts';

const list = (text: string) => text.split(' ');
const choose =
  (text: string) =>
  (prefix: string): Answer =>
    wordsOf(list(text), prefix);
const open =
  (text: string) =>
  (prefix: string): Answer =>
    openWordsOf(list(text), prefix);

const begin =
  (text: string) =>
  (prefix: string): Answer =>
    beginningsOf(list(text), prefix);

/** Names without SIG, in the order of their numbers. */
export const signals = [
  ...list('HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG'),
  ...list('XCPU XFSZ VTALRM PROF WINCH IO PWR SYS CLD IOT POLL RTMIN'),
  ...Array.from({ length: 15 }, (_, i) => `RTMIN+${i + 1}`),
  ...Array.from({ length: 14 }, (_, i) => `RTMAX-${14 - i}`),
  'RTMAX',
];

export const capabilities = list(
  'ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID ' +
    'IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON ' +
    'SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE ' +
    'SYS_TIME SYS_TTY_CONFIG WAKE_ALARM',
);

/** What `top` can show of a process. */
export const topDescriptors = list(
  'args capamb capbnd capeff capinh capprm comm etime group groups hgroup hgroups hpid huid huser label nice pcpu pgid pid ppid rgroup rss ' +
    'ruser seccomp state stime time tty uid user vsz',
);

export const networkModes = list('bridge host none private slirp4netns slirp4netns: pasta container: ns:');

const changes = begin('CMD ENTRYPOINT ENV EXPOSE LABEL ONBUILD STOPSIGNAL USER VOLUME WORKDIR');
const manifestFormats = choose('oci v2s2');
const namespaces = open('host private container: ns:');
const architectures = choose('386 amd64 arm arm64 ppc64 ppc64le mips mipsle mips64 mips64le riscv64 s390x');

/** Flags whose value may be the path of a file, or is left to the shell as podman leaves it. */
const paths = list(
  'blkio-weight-device ca-cert-file cgroup-parent chrootdirs creds device-read-bps device-read-iops device-write-bps device-write-iops ' +
    'encrypt-layer filename identity ignition-path import-previous infra-conmon-pidfile init-path kubeconfig playbook ' +
    'sbom-output sbom-purl-output socket-path timezone tls-ca tls-cert tls-client-ca tls-key tmpfs url usb username workdir',
);

/** Values of flags by name, or by command and name where commands differ; a command goes by the shortest of its names. */
export const values: Readonly<Record<string, (prefix: string) => Answer>> = {
  arch: architectures,
  cgroupns: namespaces,
  condition: choose('unknown configured created exited healthy initialized paused removing running stopped stopping unhealthy'),
  'checkpoint compress': choose('gzip none zstd'),
  'build build-context': () => nothing,
  'build format': choose('oci docker'),
  'build from': () => ordinary,
  'build manifest': () => ordinary,
  'build pull': () => ordinary,
  'build volume': () => ordinary,
  'commit change': changes,
  'commit config': () => ordinary,
  'commit format': choose('oci docker'),
  'detach-keys': begin('ctrl-'),
  'generate systemd restart-policy': choose('no on-success on-failure on-abnormal on-watchdog on-abort always'),
  'image trust set type': choose('signedBy sigstoreSigned accept reject'),
  'import change': changes,
  'inspect type': choose('all artifact container image network pod volume'),
  ipc: open('host private shareable none container: ns:'),
  'ipam-driver': choose('host-local dhcp none'),
  'kube generate type': choose('pod deployment daemonset job'),
  'log-opt': open('path= tag= max-size= label= labels='),
  'machine init image': () => ordinary,
  'machine init volume': () => ordinary,
  'manifest push add-compression': choose('gzip zstd zstd:chunked'),
  'manifest push format': manifestFormats,
  'push format': manifestFormats,
  'run mount': begin('type=bind, type=volume, type=tmpfs, type=image, type=glob, type=devpts, type=ramfs,'),
  'network create driver': choose('bridge macvlan ipvlan'),
  os: choose('linux windows'),
  pid: namespaces,
  'pod create share': choose('ipc net pid user uts cgroup none'),
  'secret create driver': choose('file pass shell'),
  'security-opt': open('apparmor= label= mask= no-new-privileges proc-opts= seccomp= unmask='),
  'skopeo copy dest-compress-format': choose('gzip zstd zstd:chunked'),
  'sync dest': choose('docker dir'),
  'sync src': choose('docker dir yaml'),
  'multi-arch': choose('all index-only system'),
  'buildah inspect type': choose('container image manifest'),
  'pod ps sort': choose('created id name number status'),
  userns: open('host private container: ns: auto keep-id nomap'),
  uts: open('private container: ns: host'),
  'volume create driver': choose('local image'),
  'save format': choose('oci-dir oci-archive docker-dir docker-archive'),
  'env-file': () => ordinary,
  ...Object.fromEntries(paths.map((name) => [name, () => ordinary])),
};
