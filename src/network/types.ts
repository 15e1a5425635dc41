/** A network as its JSON file and `podman network inspect` have it; keys in the file's order. */
export interface Network {
  name: string;
  id: string;
  driver: string;
  network_interface?: string;
  /** RFC 3339. */
  created: string;
  subnets?: Subnet[];
  routes?: Route[];
  ipv6_enabled: boolean;
  internal: boolean;
  dns_enabled: boolean;
  network_dns_servers?: string[];
  labels?: Record<string, string>;
  options?: Record<string, string>;
  ipam_options?: Record<string, string>;
}

export interface Subnet {
  subnet: string;
  gateway?: string;
  lease_range?: LeaseRange;
}

export interface LeaseRange {
  start_ip?: string;
  end_ip?: string;
}

export interface Route {
  destination: string;
  gateway: string;
  metric?: number;
}

/** A published port or run of ports. `range` is the number of ports, `protocol` may list several, comma-separated. */
export interface PortMapping {
  hostIp: string;
  containerPort: number;
  hostPort: number;
  range: number;
  protocol: string;
}

/** How a container takes part in one network. */
export interface PerNetworkOptions {
  staticIps?: string[];
  staticMac?: string;
  aliases?: string[];
  interfaceName: string;
  options?: Record<string, string>;
}

/** What a container has been given, by network; netavark's answer. */
export type NetworkStatus = Record<string, NetworkStatusBlock>;

export interface NetworkStatusBlock {
  interfaces?: Record<string, NetworkStatusInterface>;
  dns_server_ips?: string[];
  dns_search_domains?: string[];
}

export interface NetworkStatusInterface {
  mac_address: string;
  subnets?: { ipnet: string; gateway?: string }[];
}

/** Where the configuration of networks and what belongs to this boot are kept. */
export interface NetworkPaths {
  configDir: string;
  runDir: string;
  lock: string;
}
