/**
 * The default filter where the host has no seccomp.json: the rules that the field's engines agree on, so that a container behaves
 * the same here as anywhere. What no rule names fails with ENOSYS, as if the kernel did not know it.
 */
interface Rule {
  names: string;
  action: 'allow' | number;
  arches?: string[];
  caps?: string[];
  withoutCaps?: string[];
  args?: [index: number, op: 'EQ' | 'NE', value: number][];
}

const rules: Rule[] = [
  {
    names: [
      'bdflush cachestat futex_requeue futex_wait futex_waitv futex_wake io_pgetevents io_pgetevents_time64 kexec_file_load',
      'kexec_load map_shadow_stack migrate_pages move_pages nfsservctl nice oldfstat oldlstat oldolduname oldstat olduname',
      'pciconfig_iobase pciconfig_read pciconfig_write sgetmask ssetmask swapoff swapon syscall sysfs uselib userfaultfd',
      'ustat vm86 vm86old vmsplice',
    ].join(' '),
    action: 1,
  },
  {
    names: [
      '_llseek _newselect accept accept4 access adjtimex alarm bind brk capget capset chdir chmod chown chown32 clock_adjtime',
      'clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64',
      'clone clone3 close close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl',
      'epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group',
      'faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_init fanotify_mark fchdir fchmod fchmodat fchmodat2',
      'fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsconfig fsetxattr',
      'fsmount fsopen fspick fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_time64',
      'futimesat get_mempolicy get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid getegid32 geteuid',
      'geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp getpid getppid getpriority',
      'getrandom getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid getsockname getsockopt gettid',
      'gettimeofday getuid getuid32 getxattr inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel',
      'io_destroy io_getevents io_setup io_submit ioctl ioprio_get ioprio_set ipc keyctl kill landlock_add_rule',
      'landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listxattr llistxattr',
      'lremovexattr lseek lsetxattr lstat lstat64 madvise mbind membarrier memfd_create memfd_secret mincore mkdir mkdirat',
      'mknod mknodat mlock mlock2 mlockall mmap mmap2 mount mount_setattr move_mount mprotect mq_getsetattr mq_notify mq_open',
      'mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap msgctl msgget msgrcv msgsnd',
      'msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat open open_tree openat openat2 pause pidfd_getfd',
      'pidfd_open pidfd_send_signal pipe pipe2 pivot_root pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl',
      'pread64 preadv preadv2 prlimit64 process_mrelease process_vm_readv process_vm_writev pselect6 pselect6_time64 ptrace',
      'pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv reboot recv recvfrom recvmmsg recvmmsg_time64',
      'recvmsg remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending',
      'rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo',
      'sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler',
      'sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler',
      'sched_yield seccomp select semctl semget semop semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg',
      'sendto set_mempolicy set_robust_list set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid',
      'setgid32 setgroups setgroups32 setitimer setns setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid',
      'setresuid32 setreuid setreuid32 setrlimit setsid setsockopt setuid setuid32 setxattr shmat shmctl shmdt shmget',
      'shutdown sigaltstack signal signalfd signalfd4 sigprocmask sigreturn socketcall socketpair splice stat stat64 statfs',
      'statfs64 statx symlink symlinkat sync sync_file_range syncfs sysinfo syslog tee tgkill time timer_create timer_delete',
      'timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime',
      'timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask umount umount2',
      'uname unlink unlinkat unshare utime utimensat utimensat_time64 utimes vfork wait4 waitid waitpid write writev',
    ].join(' '),
    action: 'allow',
  },
  { names: 'personality', action: 'allow', args: [[0, 'EQ', 0]] },
  { names: 'personality', action: 'allow', args: [[0, 'EQ', 8]] },
  { names: 'personality', action: 'allow', args: [[0, 'EQ', 131072]] },
  { names: 'personality', action: 'allow', args: [[0, 'EQ', 131080]] },
  { names: 'personality', action: 'allow', args: [[0, 'EQ', 4294967295]] },
  { names: 'sync_file_range2 swapcontext', action: 'allow', arches: ['ppc64le'] },
  {
    names: 'arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2',
    action: 'allow',
    arches: ['arm', 'arm64'],
  },
  { names: 'arch_prctl', action: 'allow', arches: ['amd64', 'x32'] },
  { names: 'modify_ldt', action: 'allow', arches: ['amd64', 'x32', 'x86'] },
  { names: 's390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr', action: 'allow', arches: ['s390', 's390x'] },
  { names: 'riscv_flush_icache', action: 'allow', arches: ['riscv64'] },
  { names: 'open_by_handle_at', action: 'allow', caps: ['CAP_DAC_READ_SEARCH'] },
  { names: 'open_by_handle_at', action: 1, withoutCaps: ['CAP_DAC_READ_SEARCH'] },
  { names: 'bpf lookup_dcookie quotactl quotactl_fd setdomainname sethostname setns', action: 'allow', caps: ['CAP_SYS_ADMIN'] },
  {
    names: 'lookup_dcookie perf_event_open quotactl quotactl_fd setdomainname sethostname setns',
    action: 1,
    withoutCaps: ['CAP_SYS_ADMIN'],
  },
  { names: 'chroot', action: 'allow', caps: ['CAP_SYS_CHROOT'] },
  { names: 'chroot', action: 1, withoutCaps: ['CAP_SYS_CHROOT'] },
  { names: 'delete_module finit_module init_module query_module', action: 'allow', caps: ['CAP_SYS_MODULE'] },
  { names: 'delete_module finit_module init_module query_module', action: 1, withoutCaps: ['CAP_SYS_MODULE'] },
  { names: 'acct', action: 'allow', caps: ['CAP_SYS_PACCT'] },
  { names: 'acct', action: 1, withoutCaps: ['CAP_SYS_PACCT'] },
  { names: 'kcmp process_madvise', action: 'allow', caps: ['CAP_SYS_PTRACE'] },
  { names: 'kcmp process_madvise', action: 1, withoutCaps: ['CAP_SYS_PTRACE'] },
  { names: 'ioperm iopl', action: 'allow', caps: ['CAP_SYS_RAWIO'] },
  { names: 'ioperm iopl', action: 1, withoutCaps: ['CAP_SYS_RAWIO'] },
  { names: 'clock_settime clock_settime64 settimeofday stime', action: 'allow', caps: ['CAP_SYS_TIME'] },
  { names: 'clock_settime clock_settime64 settimeofday stime', action: 1, withoutCaps: ['CAP_SYS_TIME'] },
  { names: 'vhangup', action: 'allow', caps: ['CAP_SYS_TTY_CONFIG'] },
  { names: 'vhangup', action: 1, withoutCaps: ['CAP_SYS_TTY_CONFIG'] },
  { names: 'socket', action: 1, args: [[0, 'EQ', 40]] },
  {
    names: 'socket',
    action: 22,
    withoutCaps: ['CAP_AUDIT_WRITE'],
    args: [
      [0, 'EQ', 16],
      [2, 'EQ', 9],
    ],
  },
  {
    names: 'socket',
    action: 'allow',
    withoutCaps: ['CAP_AUDIT_WRITE'],
    args: [
      [0, 'EQ', 16],
      [2, 'NE', 9],
    ],
  },
  { names: 'socket', action: 'allow', withoutCaps: ['CAP_AUDIT_WRITE'], args: [[0, 'NE', 16]] },
  { names: 'socket', action: 'allow', caps: ['CAP_AUDIT_WRITE'], args: [[0, 'NE', 40]] },
  { names: 'bpf', action: 1, withoutCaps: ['CAP_SYS_ADMIN', 'CAP_BPF'] },
  { names: 'bpf', action: 'allow', caps: ['CAP_BPF'] },
  { names: 'perf_event_open', action: 1, withoutCaps: ['CAP_SYS_ADMIN', 'CAP_BPF'] },
  { names: 'perf_event_open', action: 'allow', caps: ['CAP_PERFMON'] },
];

const families: [string, string][] = [
  ['X86_64', 'X86 X32'],
  ['AARCH64', 'ARM'],
  ['MIPS64', 'MIPS MIPS64N32'],
  ['MIPS64N32', 'MIPS MIPS64'],
  ['MIPSEL64', 'MIPSEL MIPSEL64N32'],
  ['MIPSEL64N32', 'MIPSEL MIPSEL64'],
  ['S390X', 'S390'],
];

/** The profile in the format of seccomp.json. */
export function defaultSeccompProfile() {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    archMap: families.map(([main, others]) => ({
      architecture: `SCMP_ARCH_${main}`,
      subArchitectures: others.split(' ').map((name) => `SCMP_ARCH_${name}`),
    })),
    syscalls: rules.map((rule) => ({
      names: rule.names.split(' '),
      action: rule.action === 'allow' ? 'SCMP_ACT_ALLOW' : 'SCMP_ACT_ERRNO',
      ...(rule.action === 'allow' ? {} : { errnoRet: rule.action }),
      args: (rule.args ?? []).map(([index, op, value]) => ({ index, value, valueTwo: 0, op: `SCMP_CMP_${op}` })),
      includes: { ...(rule.arches ? { arches: rule.arches } : {}), ...(rule.caps ? { caps: rule.caps } : {}) },
      excludes: rule.withoutCaps ? { caps: rule.withoutCaps } : {},
    })),
  };
}
