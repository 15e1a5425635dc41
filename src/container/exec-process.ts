import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import type { ExecOptions } from './exec-session.ts';
import type { OciProcess } from './oci-spec.ts';
import { Rootfs } from './rootfs-files/rootfs.ts';
import { type ProcessUser, UserDatabase } from './spec/user-lookup.ts';

/** The OCI process of an exec session, made from the container's own as libpod does. @throws UserLookupError */
export function execProcess(engine: ContainerEngine, container: Container, options: ExecOptions): OciProcess {
  const { config, state } = container;
  const process = structuredClone(config.spec.process!);
  const user = options.user || config.user;
  using rootfs = new Rootfs(state.mountpoint);
  const users = new UserDatabase(rootfs, bindOverrides(container));
  const found = users.find(user);
  process.args = options.command;
  process.terminal = options.tty;
  process.env = [
    ...(process.env ?? []),
    ...Object.entries(options.env).map(([name, value]) => `${name}=${value}`),
    ...secretVariables(engine, container),
  ];
  if (options.workdir !== '') process.cwd = options.workdir;
  const groups = new Set([found.gid, ...found.supplementary, ...users.groupIds(config.facts.groupAdd)]);
  process.user = {
    uid: found.uid,
    gid: found.gid,
    ...(config.umask === '' ? {} : { umask: Number.parseInt(config.umask, 8) }),
    additionalGids: [...groups].sort((one, other) => one - other),
  };
  setCapabilities(process, container, options, user, found);
  if (!process.env.some((entry) => entry.startsWith('HOSTNAME=')) && config.hostname !== '')
    process.env.push(`HOSTNAME=${config.hostname}`);
  if (!process.env.some((entry) => entry.startsWith('HOME='))) process.env.push(`HOME=${found.home}`);
  return process;
}

function setCapabilities(process: OciProcess, { config }: Container, options: ExecOptions, user: string, found: ProcessUser): void {
  const own = config.spec.process?.capabilities;
  if (options.privileged) {
    const { allCapabilities } = require('./spec/capabilities.ts') as { allCapabilities?: () => string[] };
    const all = allCapabilities?.() ?? own?.bounding ?? [];
    process.capabilities = found.uid === 0 ? { bounding: all, effective: all, permitted: all } : { bounding: all };
    process.noNewPrivileges = false;
    return;
  }
  if (own === undefined) return;
  if (found.uid === 0) {
    process.capabilities = { bounding: own.bounding, effective: own.bounding, permitted: own.bounding };
  } else if (user === config.user) {
    process.capabilities = { ...own };
  } else {
    process.capabilities = { bounding: own.bounding };
  }
}

function bindOverrides({ state }: Container): { passwd?: string; group?: string } {
  const { '/etc/passwd': passwd, '/etc/group': group } = state.bindMounts;
  return { ...(passwd === undefined ? {} : { passwd }), ...(group === undefined ? {} : { group }) };
}

function secretVariables(engine: ContainerEngine, { config }: Container): string[] {
  const entries = Object.entries(config.envSecrets);
  if (entries.length === 0) return [];
  const { SecretStore } = require('../secret/secret-store.ts') as typeof import('../secret/secret-store.ts');
  const secrets = new SecretStore(engine.paths.secretsDir);
  return entries.map(([name, secret]) => `${name}=${Buffer.from(secrets.value(secret)).toString('utf8')}`);
}
