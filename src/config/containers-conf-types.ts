/** containers.conf(5), section [containers]. Names are the file's own. */
export interface ContainersSection {
  annotations: string[];
  apparmor_profile: string;
  base_hosts_file: string;
  cgroup_conf: string[];
  cgroupns: string;
  cgroups: string;
  container_name_as_hostname: boolean;
  default_capabilities: string[];
  default_sysctls: string[];
  default_ulimits: string[];
  devices: string[];
  dns_options: string[];
  dns_searches: string[];
  dns_servers: string[];
  env: string[];
  env_host: boolean;
  host_containers_internal_ip: string;
  http_proxy: boolean;
  init: boolean;
  init_path: string;
  interface_name: string;
  ipcns: string;
  keyring: boolean;
  label: boolean;
  label_users: boolean;
  log_driver: string;
  log_path: string;
  log_size_max: number;
  log_tag: string;
  mounts: string[];
  netns: string;
  no_hosts: boolean;
  oom_score_adj: number | undefined;
  pidns: string;
  pids_limit: number;
  prepare_volume_on_create: boolean;
  privileged: boolean;
  read_only: boolean;
  seccomp_profile: string;
  shm_size: string;
  tz: string;
  umask: string;
  userns: string;
  userns_size: number;
  utsns: string;
  volumes: string[];
}

/** containers.conf(5), section [engine]. */
export interface EngineSection {
  active_service: string;
  add_compression: string[];
  cdi_spec_dirs: string[];
  cgroup_check: boolean;
  cgroup_manager: string;
  chown_copied_files: boolean;
  compat_api_enforce_docker_hub: boolean;
  compose_providers: string[];
  compose_warning_logs: boolean;
  compression_format: string;
  compression_level: number | undefined;
  conmon_env_vars: string[];
  conmon_path: string[];
  conmonrs_path: string[];
  database_backend: string;
  detach_keys: string;
  enable_port_reservation: boolean;
  env: string[];
  events_container_create_inspect_data: boolean;
  events_logfile_max_size: number;
  events_logfile_path: string;
  events_logger: string;
  exit_command_delay: number;
  healthcheck_events: boolean;
  helper_binaries_dir: string[];
  hooks_dir: string[];
  image_build_format: string;
  image_copy_tmp_dir: string;
  image_default_format: string;
  image_default_transport: string;
  image_parallel_copies: number;
  image_volume_mode: string;
  infra_command: string;
  infra_image: string;
  init_path: string;
  kube_generate_type: string;
  lock_type: string;
  multi_image_archive: boolean;
  namespace: string;
  network_cmd_options: string[];
  network_cmd_path: string;
  no_pivot_root: boolean;
  num_locks: number;
  platform_to_oci_runtime: Record<string, string>;
  pod_exit_policy: string;
  podmansh_timeout: number;
  pull_policy: string;
  remote: boolean;
  remote_identity: string;
  remote_uri: string;
  retry: number;
  retry_delay: string;
  runtime: string;
  runtime_path: string[];
  runtime_supports_json: string[];
  runtime_supports_kvm: string[];
  runtime_supports_nocgroup: string[];
  runtimes: Record<string, string[]>;
  runtimes_flags: Record<string, string[]>;
  service_destinations: Record<string, { uri?: string; identity?: string; is_machine?: boolean }>;
  service_timeout: number;
  ssh_config: string;
  static_dir: string;
  stop_timeout: number;
  tmp_dir: string;
  volume_path: string;
  volume_plugin_timeout: number;
  volume_plugins: Record<string, string>;
}

/** containers.conf(5), section [network]. */
export interface NetworkSection {
  cni_plugin_dirs: string[];
  default_host_ips: string[];
  default_network: string;
  default_rootless_network_cmd: string;
  default_subnet: string;
  default_subnet_pools: { base: string; size: number }[];
  dns_bind_port: number;
  firewall_driver: string;
  netavark_plugin_dirs: string[];
  network_backend: string;
  network_config_dir: string;
  pasta_options: string[];
}

/** The merged containers.conf; every key is filled with podman's own default where no file sets it. */
export interface ContainersConf {
  containers: ContainersSection;
  engine: EngineSection;
  network: NetworkSection;
  secrets: { driver: string; opts: Record<string, string> };
  configmaps: { driver: string; opts: Record<string, string> };
  farms: { default: string; list: Record<string, string[]> };
  machine: Record<string, unknown>;
  podmansh: { shell: string; container: string; timeout: number };
  /** Full paths of the modules asked for with --module. */
  modules: string[];
}
