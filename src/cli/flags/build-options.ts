import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BuildOptions } from '../../build/build-options.ts';
import { ContainerfileError } from '../../build/errors.ts';
import { checkAuthFile } from '../../config/auth-json.ts';
import { parseDuration, ramInBytes } from '../../container/options/numbers.ts';
import { NotYet, SelkieError } from '../../errors.ts';
import { hostPlatform, parsePlatform } from '../../image/platform.ts';
import type { PullPolicy } from '../../image/pull-options.ts';
import { formatReference, normalizeLocalName } from '../../image/reference.ts';
import type { Parsed } from '../flag.ts';
import type { buildFlags } from './build.ts';

export type BuildFlagValues = Parsed<typeof buildFlags>;

/** Flags of the real tools that would change the result and cannot yet. */
const notYet = [
  'all-platforms',
  'blob-cache',
  'cache-from',
  'cache-to',
  'cdi-config-dir',
  'cgroupns',
  'compat-volumes',
  'cpp-flag',
  'cw',
  'device',
  'hooks-dir',
  'inherit-annotations',
  'inherit-labels',
  'ipc',
  'layer-label',
  'logsplit',
  'manifest',
  'no-hostname',
  'no-hosts',
  'os-feature',
  'os-version',
  'output',
  'pid',
  'rewrite-timestamp',
  'runtime-flag',
  'rusage-logfile',
  'sbom',
  'sbom-image-output',
  'sbom-image-purl-output',
  'sbom-merge-strategy',
  'sbom-output',
  'sbom-purl-output',
  'sbom-scanner-command',
  'sbom-scanner-image',
  'sign-by',
  'source-date-epoch',
  'ssh',
  'stdin',
  'timestamp',
  'unsetannotation',
  'userns',
  'userns-gid-map',
  'userns-gid-map-group',
  'userns-uid-map',
  'userns-uid-map-user',
  'uts',
  'volume',
] as const;

/** What the flags of `build` say. @throws SelkieError for values that make no sense and flags that cannot act yet. */
export function toBuildOptions(
  flags: BuildFlagValues,
  changed: (name: keyof BuildFlagValues & string) => boolean,
  context: string | undefined,
  version: string,
): BuildOptions {
  if (flags.squash && flags['squash-all']) throw new SelkieError('cannot specify --squash-all with --squash');
  const containerfile = readContainerfiles(flags.file ?? [], context, flags.from);
  for (const name of notYet) if (changed(name)) throw new NotYet(`build --${name}`);
  if (!flags.rm || (changed('force-rm') && !flags['force-rm'])) throw new NotYet('build that keeps its working containers');
  if (changed('authfile') && flags.authfile) checkAuthFile(flags.authfile);
  if (flags.isolation && !['oci', 'rootless'].includes(flags.isolation)) throw new NotYet(`build --isolation=${flags.isolation}`);
  if (!['oci', 'docker'].includes(flags.format)) throw new SelkieError(`unrecognized image type ${JSON.stringify(flags.format)}`);
  if ((flags.jobs ?? 1) < 0) throw new SelkieError('invalid value for --jobs: must not be negative');
  const platform = wantedPlatform(flags, changed);
  const layers = flags.squash || flags['squash-all'] ? false : flags.layers;
  return {
    contextDir: context,
    containerfile,
    tags: (flags.tag ?? []).map((tag) => formatReference(normalizeLocalName(tag))),
    typedTag: flags.tag?.[0],
    format: flags.format as 'oci' | 'docker',
    buildArgs: readBuildArgs(flags['build-arg'] ?? [], flags['build-arg-file'] ?? []),
    buildContexts: readBuildContexts(flags['build-context'] ?? []),
    target: flags.target || undefined,
    ignoreFile: flags.ignorefile || undefined,
    layers,
    useCache: !flags['no-cache'],
    cacheTtl: !flags['cache-ttl'] ? undefined : parseDuration(flags['cache-ttl']) / 1e9,
    squashAll: flags['squash-all'] ?? false,
    skipUnusedStages: flags['skip-unused-stages'],
    labels: pairs(flags.label ?? []),
    annotations: pairs(flags.annotation ?? []),
    unsetLabels: flags.unsetlabel ?? [],
    unsetEnv: flags.unsetenv ?? [],
    env: (flags.env ?? []).map((entry) => {
      const [name = '', value] = entry.split(/=(.*)/s);
      return [name, value ?? process.env[name] ?? ''];
    }),
    identityLabel: flags['identity-label'],
    createdAnnotation: flags['created-annotation'],
    omitHistory: flags['omit-history'] ?? false,
    os: platform.os,
    architecture: platform.architecture,
    variant: platform.variant,
    pull: {
      policy: pullPolicy(flags),
      platform,
      authFile: flags.authfile || undefined,
      credentials: credentials(flags.creds),
      tlsVerify: flags['tls-verify'],
      certDir: flags['cert-dir'] || undefined,
      signaturePolicy: flags['signature-policy'] || undefined,
      retries: flags.retry,
      retryDelay: !flags['retry-delay'] ? undefined : parseDuration(flags['retry-delay']) / 1e6,
    },
    run: {
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
    },
    version,
  };
}

/** The named files, or Containerfile / Dockerfile of the context; `-` is standard input. Several are read as one. */
function readContainerfiles(
  files: readonly string[],
  context: string | undefined,
  from: string | undefined,
): BuildOptions['containerfile'] {
  const paths = files.length > 0 ? files : [findContainerfile(context)];
  const text = paths.map((path) => readFileSync(path === '-' ? 0 : locate(path, context), 'utf8')).join('\n');
  return {
    text: !from ? text : text.replace(/^(\s*FROM\s+(?:--\S+\s+)*)\S+/im, `$1${from.replaceAll('$', '$$$$')}`),
    path: paths[0] === '-' ? undefined : locate(paths[0]!, context),
  };
}

function findContainerfile(context: string | undefined): string {
  for (const name of ['Containerfile', 'Dockerfile']) {
    const path = join(context ?? '.', name);
    if (existsSync(path)) return path;
  }
  throw new ContainerfileError(
    `no Containerfile or Dockerfile specified or found in context directory, ${resolve(context ?? '.')}: no such file or directory`,
  );
}

function locate(path: string, context: string | undefined): string {
  const inContext = context === undefined ? path : join(context, path);
  const found = [path, inContext].find((candidate) => existsSync(candidate));
  if (found === undefined)
    throw new ContainerfileError(`the specified Containerfile or Dockerfile does not exist, ${path}: no such file or directory`);
  if (statSync(found).isDirectory()) return findContainerfile(found);
  return found;
}

function readBuildArgs(values: readonly string[], files: readonly string[]): Map<string, string> {
  const args = new Map<string, string>();
  const lines = files.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#')),
  );
  for (const entry of [...lines, ...values]) {
    const [name = '', value] = entry.split(/=(.*)/s);
    if (name === '') throw new SelkieError(`invalid build argument ${JSON.stringify(entry)}: it has no name`);
    // A name alone takes the caller's value, and without one is as if it were not given.
    const known = value ?? process.env[name];
    if (known === undefined) args.delete(name);
    else args.set(name, known);
  }
  return args;
}

function readBuildContexts(values: readonly string[]): BuildOptions['buildContexts'] {
  return new Map(
    values.map((entry): [string, { directory?: string; image?: string }] => {
      const [name = '', value = ''] = entry.split(/=(.*)/s);
      if (name === '' || value === '')
        throw new SelkieError(`while parsing additional build context ${JSON.stringify(entry)}: expected key=value`);
      const image = /^(?:docker-image:\/\/|container-image:\/\/|docker:\/\/)(.+)$/.exec(value)?.[1];
      if (image) return [name, { image }];
      if (/^(https?|git):/.test(value)) throw new NotYet(`build --build-context=${name}=URL`);
      return [name, { directory: value }];
    }),
  );
}

function readSecrets(values: readonly string[]): BuildOptions['run']['secrets'] {
  return new Map(
    values.map((entry): [string, { file?: string; env?: string }] => {
      const fields = new Map(entry.split(',').map((part) => part.split(/=(.*)/s) as [string, string]));
      const id = fields.get('id');
      if (!id)
        throw new SelkieError(
          `incorrect secret flag format ${JSON.stringify(entry)}: should be --secret id=foo,src=bar[,env=ENV][,type=file|env]`,
        );
      const file = fields.get('src') ?? fields.get('source');
      const env = fields.get('env') ?? (fields.get('type') === 'env' ? (file ?? id) : undefined);
      if (env !== undefined) return [id, { env }];
      const path = file ?? id;
      if (!existsSync(path)) throw new SelkieError(`could not parse secrets: stat ${path}: no such file or directory`);
      return [id, { file: path }];
    }),
  );
}

const pairs = (values: readonly string[]): [string, string][] =>
  values.map((entry) => {
    const [name = '', value = ''] = entry.split(/=(.*)/s);
    return [name, value];
  });

function credentials(text: string | undefined): { username: string; password: string } | undefined {
  if (!text) return undefined;
  const [username = '', password = ''] = text.split(/:(.*)/s);
  return { username, password };
}

function pullPolicy(flags: BuildFlagValues): PullPolicy {
  if (flags['pull-always']) return 'always';
  if (flags['pull-never']) return 'never';
  const policies: Record<string, PullPolicy> = {
    true: 'always',
    false: 'missing',
    always: 'always',
    missing: 'missing',
    ifmissing: 'missing',
    never: 'never',
    newer: 'newer',
    ifnewer: 'newer',
  };
  const policy = policies[flags.pull.toLowerCase()];
  if (!policy) throw new SelkieError(`invalid pull policy ${JSON.stringify(flags.pull)}: use always, missing, never or newer`);
  return policy;
}

function wantedPlatform(
  flags: BuildFlagValues,
  changed: (name: keyof BuildFlagValues & string) => boolean,
): { os: string; architecture: string; variant?: string } {
  const own = hostPlatform();
  const platforms = flags.platform ?? [];
  if (platforms.length > 1) throw new NotYet('build --platform with several platforms');
  if (platforms[0] && platforms[0] !== 'local') return { ...own, variant: undefined, ...parsePlatform(platforms[0]) };
  const wanted = {
    ...own,
    ...(changed('os') ? { os: flags.os! } : {}),
    ...(changed('arch') ? { architecture: flags.arch!, variant: undefined } : {}),
  };
  return changed('variant') ? { ...wanted, variant: flags.variant } : wanted;
}
