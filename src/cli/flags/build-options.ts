import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BuildOptions } from '../../build/build-options.ts';
import { checkAuthFile } from '../../config/auth-json.ts';
import { parseDuration } from '../../container/options/numbers.ts';
import { debug } from '../../diagnostics.ts';
import { NotYet, SelkieError } from '../../errors.ts';
import { hostPlatform, normalizeArchitecture, parsePlatform } from '../../image/platform.ts';
import type { PullPolicy } from '../../image/pull-options.ts';
import { formatReference, normalizeLocalName, parseReference } from '../../image/reference.ts';
import type { Parsed } from '../flag.ts';
import type { buildFlags } from './build.ts';
import { toBuildOutput } from './build-output.ts';
import { toRunLimits } from './build-run.ts';
import { toSbomScan } from './sbom.ts';

export type BuildFlagValues = Parsed<typeof buildFlags>;

/** What a build is told beside the flags. */
export interface BuildRequest {
  flags: BuildFlagValues;
  changed: (name: keyof BuildFlagValues & string) => boolean;
  /** Of files; undefined where there is none. */
  context: string | undefined;
  containerfile: BuildOptions['containerfile'];
  version: string;
}

/** What the flags of `build` say. @throws SelkieError for values that make no sense and flags that cannot act yet. */
export function toBuildOptions({ flags, changed, context, containerfile, version }: BuildRequest): BuildOptions {
  checkConflicts(flags, changed);
  if (changed('authfile') && flags.authfile) checkAuthFile(flags.authfile);
  if (!['oci', 'docker'].includes(flags.format)) throw new SelkieError(`unrecognized image type ${JSON.stringify(flags.format)}`);
  if ((flags.jobs ?? 1) < 0) throw new SelkieError('building: invalid value for jobs.  It must be a positive integer');
  const buildArgs = readBuildArgs(flags['build-arg'] ?? [], flags['build-arg-file'] ?? []);
  const [platform] = wantedPlatforms(flags, changed, buildArgs);
  const buildContexts = readBuildContexts(flags['build-context'] ?? []);
  const pull: BuildOptions['pull'] = {
    policy: pullPolicy(flags),
    ...(isPlatformAsked(flags, changed) || buildArgs.has('TARGETPLATFORM') ? { platform } : {}),
    authFile: flags.authfile || undefined,
    credentials: credentials(flags.creds),
    tlsVerify: flags['tls-verify'],
    certDir: flags['cert-dir'] || undefined,
    signaturePolicy: flags['signature-policy'] || undefined,
    retries: flags.retry,
    retryDelay: !flags['retry-delay'] ? undefined : parseDuration(flags['retry-delay']) / 1e6,
  };
  if (flags['retry-delay']) debug(`Setting MaxPullPushRetries to ${flags.retry} and PullPushRetryDelay to ${flags['retry-delay']}`);
  const ttl = flags['cache-ttl'] ? parseDuration(flags['cache-ttl']) / 1e9 : undefined;
  if (ttl === 0 && changed('no-cache') && !flags['no-cache'])
    throw new SelkieError('cannot use --cache-ttl with duration as 0 and --no-cache=false');
  const layers = flags.layers;
  buildArgs.delete('TARGETPLATFORM');
  return {
    contextDir: context,
    containerfile,
    tags: (flags.tag ?? []).map((tag) => toTag(tag)),
    typedTag: flags.tag?.[0],
    format: flags.format as 'oci' | 'docker',
    buildArgs,
    buildContexts,
    target: flags.target || undefined,
    ignoreFile: flags.ignorefile || undefined,
    layers,
    useCache: !flags['no-cache'] && ttl !== 0,
    cacheTtl: ttl || undefined,
    cacheFrom: repositories(flags['cache-from'] ?? [], 'cache-from'),
    cacheTo: repositories(flags['cache-to'] ?? [], 'cache-to'),
    squashAll: flags['squash-all'] ?? false,
    skipUnusedStages: flags['skip-unused-stages'],
    labels: pairs(flags.label ?? []),
    layerLabels: pairs(flags['layer-label'] ?? []),
    inheritLabels: flags['inherit-labels'],
    inheritAnnotations: flags['inherit-annotations'],
    annotations: pairs(flags.annotation ?? []),
    unsetAnnotations: flags.unsetannotation ?? [],
    unsetLabels: flags.unsetlabel ?? [],
    unsetEnv: flags.unsetenv ?? [],
    osFeatures: flags['os-feature'] ?? [],
    osVersion: flags['os-version'] || undefined,
    times: toTimes(flags, changed, buildArgs),
    env: (flags.env ?? []).flatMap((entry): [string, string][] => {
      const [name = '', value] = entry.split(/=(.*)/s);
      const known = value ?? process.env[name];
      return known === undefined ? [] : [[name, known]];
    }),
    identityLabel: changed('identity-label') ? flags['identity-label'] : undefined,
    createdAnnotation: flags['created-annotation'],
    omitHistory: flags['omit-history'] ?? false,
    ...platform!,
    pull,
    run: toRunLimits(flags, changed),
    outputs: (flags.output ?? []).map((text) => toBuildOutput(text)),
    jobs: flags.jobs ?? 1,
    removeContainers: flags.rm,
    removeAfterFailure: flags['force-rm'] || !layers,
    compatVolumes: flags['compat-volumes'],
    sbom: toSbomScan(flags, changed as (name: string) => boolean, {
      contextDirs: [
        ...(context === undefined ? [] : [resolve(context)]),
        ...[...buildContexts.values()].flatMap(({ directory }) => directory ?? []),
      ],
      pull,
    }),
    logPrefix: '',
    quietIds: changed('iidfile') && Boolean(flags.iidfile),
    quiet: flags.quiet,
    version,
  };
}

function checkConflicts(flags: BuildFlagValues, changed: BuildRequest['changed']): void {
  if (flags.network === 'none') {
    for (const name of ['dns', 'dns-option', 'dns-search'] as const)
      if (changed(name)) throw new SelkieError(`the --${name} option cannot be used with --network=none`);
  }
  const [, ...others] = flags.tag ?? [];
  if (changed('manifest') && others.includes(flags.manifest!))
    throw new SelkieError("the same name must not be specified for both '--tag' and '--manifest'");
  if (flags.logsplit && !changed('logfile')) throw new SelkieError('cannot use --logsplit without --logfile');
  const isolation = flags.isolation || process.env['BUILDAH_ISOLATION'] || '';
  if (changed('network') && isolation === 'chroot' && !['', 'host'].includes(flags.network ?? ''))
    throw new SelkieError('cannot set --network other than host with --isolation chroot');
  if (changed('cw'))
    throw new SelkieError(
      '--cw is not available: selkie makes no confidential workloads, which take an encrypted disk image and a server that attests',
    );
  for (const name of ['blob-cache', 'log-rusage', 'rusage-logfile'] as const) if (changed(name)) throw new NotYet(`build --${name}`);
}

function toTimes(flags: BuildFlagValues, changed: BuildRequest['changed'], buildArgs: Map<string, string>): BuildOptions['times'] {
  const typed = changed('source-date-epoch') ? flags['source-date-epoch'] : process.env['SOURCE_DATE_EPOCH'];
  const epoch = typed || buildArgs.get('SOURCE_DATE_EPOCH');
  return {
    timestamp: changed('timestamp') ? new Date(flags.timestamp! * 1000) : undefined,
    sourceDateEpoch: epoch ? toTime(epoch) : undefined,
    rewrite: flags['rewrite-timestamp'] ?? /^(1|t|true)$/i.test(process.env['BUILDAH_REWRITE_TIMESTAMP'] ?? ''),
  };
}

/** Seconds since 1970. @throws SelkieError */
export function toTime(text: string): Date {
  if (!/^-?\d+$/.test(text))
    throw new SelkieError(
      `error parsing source-date-epoch offset ${JSON.stringify(text)}: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return new Date(Number(text) * 1000);
}

function toTag(tag: string): string {
  try {
    return formatReference(normalizeLocalName(tag));
  } catch (cause) {
    throw new SelkieError(`tag ${tag}: ${(cause as Error).message}`, { cause });
  }
}

function repositories(names: readonly string[], flag: string): string[] {
  return names.map((name) => {
    const reference = parseReference(name);
    if (reference.tag !== undefined || reference.digest !== undefined)
      throw new SelkieError(
        `unable to parse value provided \`[${names.join(' ')}]\` to --${flag}: repository must contain neither a tag nor digest: ${name}`,
      );
    return formatReference(reference);
  });
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
    values.map((entry): [string, { directory?: string; image?: string; url?: string }] => {
      const [name = '', value = ''] = entry.split(/=(.*)/s);
      if (name === '' || value === '')
        throw new SelkieError(`while parsing additional build context: ${JSON.stringify([entry])}, accepts value in the form of key=value`);
      const image = /^(?:docker-image:\/\/|container-image:\/\/|docker:\/\/)(.+)$/.exec(value)?.[1];
      if (image) return [name, { image }];
      if (/^https?:\/\//.test(value)) return [name, { url: value }];
      return [name, { directory: resolve(value) }];
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

function isPlatformAsked(flags: BuildFlagValues, changed: BuildRequest['changed']): boolean {
  return (flags.platform ?? []).length > 0 || changed('os') || changed('arch') || changed('variant');
}

/** What the images are to be for; none with --all-platforms. @throws SelkieError */
export function wantedPlatforms(
  flags: BuildFlagValues,
  changed: BuildRequest['changed'],
  buildArgs: Map<string, string>,
): { os: string; architecture: string; variant?: string }[] {
  const own = { ...hostPlatform(), variant: undefined };
  const asked = flags.platform ?? [];
  if (asked.length > 0 && (changed('os') || changed('arch') || changed('variant')))
    throw new SelkieError('invalid --platform may not be used with --os, --arch, or --variant');
  const complete = (text: string): { os: string; architecture: string; variant?: string } =>
    text === 'local' ? own : { ...own, ...parsePlatform(text) };
  if (asked.length > 0) return asked.map(complete);
  if (changed('os') || changed('arch') || changed('variant')) {
    const machine = changed('arch') ? normalizeArchitecture(flags.arch!, flags.variant) : own;
    return [{ os: changed('os') ? flags.os! : own.os, architecture: machine.architecture, variant: flags.variant || machine.variant }];
  }
  const target = buildArgs.get('TARGETPLATFORM');
  return [target ? complete(target) : own];
}
