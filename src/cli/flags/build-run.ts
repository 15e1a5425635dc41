import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Isolation, RunLimits } from '../../build/build-options.ts';
import { parseVolume } from '../../build/run-volumes.ts';
import { isAgentSocket } from '../../build/ssh-agent.ts';
import { isRootless } from '../../config/paths.ts';
import { ramInBytes } from '../../container/options/numbers.ts';
import { SelkieError } from '../../errors.ts';
import type { BuildFlagValues } from './build-options.ts';
import { toNamespaceChoices } from './namespace-choices.ts';
import { toUserNamespace } from './user-namespace.ts';

/** What a RUN may do and see. @throws SelkieError */
export function toRunLimits(flags: BuildFlagValues, changed: (name: keyof BuildFlagValues & string) => boolean): RunLimits {
  for (const volume of flags.volume ?? []) parseVolume(volume);
  return {
    network: flags.network ?? '',
    addHosts: flags['add-host'] ?? [],
    dns: flags.dns ?? [],
    dnsSearch: flags['dns-search'] ?? [],
    dnsOptions: flags['dns-option'] ?? [],
    capAdd: flags['cap-add'] ?? [],
    capDrop: flags['cap-drop'] ?? [],
    securityOpts: flags['security-opt'] ?? [],
    ulimits: flags.ulimit ?? [],
    groupAdd: flags['group-add'] ?? [],
    cgroupParent: flags['cgroup-parent'] || undefined,
    memory: !flags.memory ? undefined : ramInBytes(flags.memory),
    memorySwap: !flags['memory-swap'] ? undefined : flags['memory-swap'] === '-1' ? -1 : ramInBytes(flags['memory-swap']),
    cpuShares: flags['cpu-shares'],
    cpuPeriod: flags['cpu-period'],
    cpuQuota: flags['cpu-quota'],
    cpusetCpus: flags['cpuset-cpus'] || undefined,
    cpusetMems: flags['cpuset-mems'] || undefined,
    shmSize: !flags['shm-size'] ? undefined : ramInBytes(flags['shm-size']),
    httpProxy: flags['http-proxy'],
    secrets: readSecrets(flags.secret ?? []),
    ssh: readAgents(flags.ssh ?? []),
    namespaces: toNamespaceChoices(flags, changed as (name: string) => boolean),
    userns: toUserNamespace(flags),
    devices: flags.device ?? [],
    cdiDirectories: flags['cdi-config-dir'] ? [flags['cdi-config-dir']] : [],
    volumes: flags.volume ?? [],
    hooksDirectories: flags['hooks-dir'] ?? [],
    runtime: (flags as { runtime?: string }).runtime || undefined,
    runtimeFlags: (flags['runtime-flag'] ?? []).map((text) => `--${text}`),
    isolation: toIsolationKind(flags.isolation),
    noHosts: flags['no-hosts'],
    noHostname: flags['no-hostname'],
    stdin: flags.stdin,
  };
}

/** --isolation, else BUILDAH_ISOLATION. @throws SelkieError */
export function toIsolationKind(text: string | undefined): Isolation {
  const wanted = (text || process.env['BUILDAH_ISOLATION'] || (isRootless() ? 'rootless' : 'oci')).toLowerCase();
  if (wanted === 'default') return 'oci';
  if (wanted === 'oci' || wanted === 'rootless' || wanted === 'chroot') return wanted;
  throw new SelkieError(`unrecognized isolation type ${JSON.stringify(wanted)}`);
}

const secretSyntax = 'incorrect secret flag format: should be --secret id=foo,src=bar[,env=ENV][,type=file|env]';

function readSecrets(values: readonly string[]): RunLimits['secrets'] {
  return new Map(
    values.map((entry): [string, { file?: string; env?: string }] => {
      const fields = new Map<string, string>();
      for (const part of entry.split(',')) {
        const [key = '', value] = part.split(/=(.*)/s);
        if (!['id', 'src', 'source', 'env', 'type'].includes(key) || value === undefined) throw new SelkieError(secretSyntax);
        fields.set(key === 'source' ? 'src' : key, value);
      }
      const id = fields.get('id');
      if (!id) throw new SelkieError(secretSyntax);
      const type = fields.get('type');
      if (type !== undefined && !['file', 'env'].includes(type)) throw new SelkieError('invalid secret type, must be file or env');
      const source = fields.get('env') ?? fields.get('src') ?? id;
      const isVariable = type === 'env' || fields.has('env') || (type === undefined && process.env[id] !== undefined);
      if (isVariable) return [id, { env: source }];
      const path = resolve(source);
      if (!existsSync(path)) throw new SelkieError(`could not parse secrets: faccessat ${path}: no such file or directory`);
      return [id, { file: path }];
    }),
  );
}

/** `default` or `ID[=SOCKET|KEY[,KEY…]]` */
function readAgents(values: readonly string[]): RunLimits['ssh'] {
  return new Map(
    values.map((entry): [string, string[]] => {
      const [id = '', listed] = entry.split(/=(.*)/s);
      const paths = listed ? listed.split(',') : [process.env['SSH_AUTH_SOCK'] ?? ''];
      if (paths[0] === '') throw new SelkieError('invalid empty ssh agent socket, make sure SSH_AUTH_SOCK is set');
      const sockets = paths.filter((path) => isAgentSocket(path));
      if (sockets.length > 0 && paths.length > 1) throw new SelkieError('only one socket is allowed');
      return [id, paths];
    }),
  );
}
