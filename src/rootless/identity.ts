import { userInfo } from 'node:os';

/** The uid that called us, as seen outside of the user namespace that we re-executed into. */
export function rootlessUid(): number {
  return idFrom('_CONTAINERS_ROOTLESS_UID') ?? process.geteuid!();
}

/** The gid that called us, as seen outside of the user namespace that we re-executed into. */
export function rootlessGid(): number {
  return idFrom('_CONTAINERS_ROOTLESS_GID') ?? process.getegid!();
}

function idFrom(variable: string): number | undefined {
  const value = process.env[variable];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Whether per-user paths are used. Root inside of somebody else's user namespace (nested containers) is not rootless. */
export function isRootless(): boolean {
  return rootlessUid() > 0;
}

/** The name of the calling user: $USER, else what the passwd database says; the uid where it says nothing. */
export function userName(): string {
  const name = process.env['USER'];
  if (name) return name;
  try {
    if (process.geteuid!() === rootlessUid()) return userInfo().username;
  } catch {
    // no passwd entry
  }
  return String(rootlessUid());
}

/** Tells this process and its children who called, in the variables that podman uses. */
export function recordOriginalIds(uid: number, gid: number): void {
  process.env['_CONTAINERS_USERNS_CONFIGURED'] = 'done';
  process.env['_CONTAINERS_ROOTLESS_UID'] = String(uid);
  process.env['_CONTAINERS_ROOTLESS_GID'] = String(gid);
}
