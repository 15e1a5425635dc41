/** What a user-mode network (pasta, slirp4netns) gives a namespace, for its hosts and resolv.conf files. */
export interface UserModeNetwork {
  ipAddresses: string[];
  /** Name servers that forward to the host's. */
  dnsForwardIps: string[];
  /** Addresses under which the host is reached. */
  mapGuestIps: string[];
  ipv6: boolean;
  /** The process that ends the network by ending. */
  pid?: number;
}
