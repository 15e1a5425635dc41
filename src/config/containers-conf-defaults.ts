import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainersConf, ContainersSection, EngineSection } from './containers-conf-types.ts';
import { homeDir, libpodTmpDir } from './paths.ts';

const binaryDirectories = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/sbin', '/bin', '/run/current-system/sw/bin'];
const everywhere = (name: string): string[] => binaryDirectories.map((directory) => `${directory}/${name}`);
const standardPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** podman's built-in configuration, adjusted to this host as podman does. */
export function defaultContainersConf(): ContainersConf {
  return {
    containers: defaultContainers(),
    engine: defaultEngine(),
    network: {
      cni_plugin_dirs: ['/usr/local/libexec/cni', '/usr/libexec/cni', '/usr/local/lib/cni', '/usr/lib/cni', '/opt/cni/bin'],
      default_host_ips: [],
      default_network: 'podman',
      default_rootless_network_cmd: 'pasta',
      default_subnet: '10.88.0.0/16',
      default_subnet_pools: [
        { base: '10.89.0.0/16', size: 24 },
        { base: '10.90.0.0/15', size: 24 },
        { base: '10.92.0.0/14', size: 24 },
        { base: '10.96.0.0/11', size: 24 },
        { base: '10.128.0.0/9', size: 24 },
      ],
      dns_bind_port: 0,
      firewall_driver: '',
      netavark_plugin_dirs: ['/usr/local/libexec/netavark', '/usr/libexec/netavark', '/usr/local/lib/netavark', '/usr/lib/netavark'],
      network_backend: '',
      network_config_dir: '',
      pasta_options: [],
    },
    secrets: { driver: 'file', opts: {} },
    configmaps: { driver: 'file', opts: {} },
    farms: { default: '', list: {} },
    machine: {},
    podmansh: { shell: '/bin/sh', container: 'podmansh', timeout: 0 },
    modules: [],
  };
}

function defaultContainers(): ContainersSection {
  return {
    annotations: [],
    apparmor_profile: 'containers-default',
    base_hosts_file: '',
    cgroup_conf: [],
    cgroupns: existsSync('/sys/fs/cgroup/cgroup.controllers') ? 'private' : 'host',
    cgroups: 'enabled',
    container_name_as_hostname: false,
    default_capabilities: [
      'CAP_CHOWN',
      'CAP_DAC_OVERRIDE',
      'CAP_FOWNER',
      'CAP_FSETID',
      'CAP_KILL',
      'CAP_NET_BIND_SERVICE',
      'CAP_SETFCAP',
      'CAP_SETGID',
      'CAP_SETPCAP',
      'CAP_SETUID',
      'CAP_SYS_CHROOT',
    ],
    default_sysctls: [],
    default_ulimits: [],
    devices: [],
    dns_options: [],
    dns_searches: [],
    dns_servers: [],
    env: [standardPath],
    env_host: false,
    host_containers_internal_ip: '',
    http_proxy: true,
    init: false,
    init_path: '',
    interface_name: '',
    ipcns: 'shareable',
    keyring: true,
    label: existsSync('/sys/fs/selinux/enforce'),
    label_users: false,
    log_driver: journalAvailable() ? 'journald' : 'k8s-file',
    log_path: '',
    log_size_max: -1,
    log_tag: '',
    mounts: [],
    netns: 'private',
    no_hosts: false,
    oom_score_adj: undefined,
    pidns: 'private',
    pids_limit: 2048,
    prepare_volume_on_create: false,
    privileged: false,
    read_only: false,
    seccomp_profile: '',
    shm_size: '65536k',
    tz: '',
    umask: '0022',
    userns: '',
    userns_size: 65536,
    utsns: 'private',
    volumes: [],
  };
}

function defaultEngine(): EngineSection {
  return {
    active_service: '',
    add_compression: [],
    cdi_spec_dirs: ['/etc/cdi', '/var/run/cdi'],
    cgroup_check: false,
    cgroup_manager: runsOnSystemd() ? 'systemd' : 'cgroupfs',
    chown_copied_files: true,
    compat_api_enforce_docker_hub: true,
    compose_providers: [
      `${homeDir()}/.docker/cli-plugins/docker-compose`,
      '/usr/local/lib/docker/cli-plugins/docker-compose',
      '/usr/local/libexec/docker/cli-plugins/docker-compose',
      '/usr/lib/docker/cli-plugins/docker-compose',
      '/usr/libexec/docker/cli-plugins/docker-compose',
      'docker-compose',
      'podman-compose',
    ],
    compose_warning_logs: true,
    compression_format: 'gzip',
    compression_level: undefined,
    conmon_env_vars: [standardPath],
    conmon_path: [
      '/usr/libexec/podman/conmon',
      '/usr/local/libexec/podman/conmon',
      '/usr/local/lib/podman/conmon',
      '/usr/bin/conmon',
      '/usr/sbin/conmon',
      '/usr/local/bin/conmon',
      '/usr/local/sbin/conmon',
      '/run/current-system/sw/bin/conmon',
    ],
    conmonrs_path: [],
    database_backend: '',
    detach_keys: 'ctrl-p,ctrl-q',
    enable_port_reservation: true,
    env: [],
    events_container_create_inspect_data: false,
    events_logfile_max_size: 1_000_000,
    events_logfile_path: '',
    events_logger: journalAvailable() ? 'journald' : 'file',
    exit_command_delay: 300,
    healthcheck_events: true,
    helper_binaries_dir: ['/usr/local/libexec/podman', '/usr/local/lib/podman', '/usr/libexec/podman', '/usr/lib/podman'],
    hooks_dir: ['/usr/share/containers/oci/hooks.d'],
    image_build_format: 'oci',
    image_copy_tmp_dir: process.env['TMPDIR'] ?? '/var/tmp',
    image_default_format: '',
    image_default_transport: 'docker://',
    image_parallel_copies: 0,
    image_volume_mode: 'anonymous',
    infra_command: '',
    infra_image: '',
    init_path: '',
    kube_generate_type: 'pod',
    lock_type: 'shm',
    multi_image_archive: false,
    namespace: '',
    network_cmd_options: [],
    network_cmd_path: '',
    no_pivot_root: false,
    num_locks: 2048,
    platform_to_oci_runtime: { 'wasi/wasm': 'crun-wasm', 'wasi/wasm32': 'crun-wasm', 'wasi/wasm64': 'crun-wasm' },
    pod_exit_policy: 'continue',
    podmansh_timeout: 30,
    pull_policy: 'missing',
    remote: false,
    remote_identity: '',
    remote_uri: '',
    retry: 3,
    retry_delay: '',
    runtime: '',
    runtime_path: [],
    runtime_supports_json: ['crun', 'runc', 'kata', 'runsc', 'youki', 'krun', 'ocijail'],
    runtime_supports_kvm: ['kata', 'kata-runtime', 'kata-qemu', 'kata-fc', 'krun'],
    runtime_supports_nocgroup: ['crun', 'krun'],
    runtimes: {
      crun: everywhere('crun'),
      'crun-vm': everywhere('crun-vm'),
      'crun-wasm': everywhere('crun-wasm'),
      runc: [...everywhere('runc'), '/usr/lib/cri-o-runc/sbin/runc'],
      runj: ['/usr/local/bin/runj'],
      kata: [...everywhere('kata-runtime'), '/usr/bin/kata-qemu', '/usr/bin/kata-fc'],
      runsc: everywhere('runsc'),
      youki: ['/usr/local/bin/youki', '/usr/bin/youki', '/bin/youki', '/run/current-system/sw/bin/youki'],
      krun: ['/usr/bin/krun', '/usr/local/bin/krun'],
      ocijail: ['/usr/local/bin/ocijail'],
    },
    runtimes_flags: {},
    service_destinations: {},
    service_timeout: 5,
    ssh_config: process.env['CONTAINERS_SSH_CONF'] ?? join(homeDir(), '.ssh/config'),
    static_dir: '',
    stop_timeout: 10,
    tmp_dir: libpodTmpDir(),
    volume_path: '',
    volume_plugin_timeout: 5,
    volume_plugins: {},
  };
}

let systemd: boolean | undefined;

/** Whether process 1 is systemd. */
export function runsOnSystemd(): boolean {
  if (systemd === undefined) {
    try {
      systemd = readFileSync('/proc/1/comm', 'utf8') === 'systemd\n';
    } catch {
      systemd = false;
    }
  }
  return systemd;
}

/** Whether the system's journal can be read, so that logs and events go there. */
function journalAvailable(): boolean {
  if (!runsOnSystemd()) return false;
  return ['/run/log/journal', '/var/log/journal'].some((root) => {
    try {
      return readdirSync(root).some((entry) => readdirSync(join(root, entry)) !== undefined);
    } catch {
      return false;
    }
  });
}
