/**
 * Made the first version of src/cli/commands and src/cli/flags from the surface of the real tools. Used once: the files it made are
 * kept by hand since, and test/unit/cli/reference.test.ts compares them with the same reference.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface ReferenceFlag {
  name: string;
  short?: string;
  type: string;
  default?: string;
}
interface ReferenceCommand {
  usage: string;
  aliases: string[];
  flags: ReferenceFlag[];
  subcommands: string[];
}
interface Def {
  name: string;
  kind: string;
  short?: string;
  value?: string;
  defaultText?: string;
  valueName?: string;
  noOpt?: string;
  hidden?: boolean;
  aliases?: string[];
  choices?: string[];
  complete?: string;
}

const referenceDir = process.argv[2]!;
const probeFile = process.argv[3]!;
const out = process.argv[4] ?? 'src/cli';

const probe = new Map<string, string>();
const hiddenOf = new Map<string, string[]>();
for (const line of readFileSync(probeFile, 'utf8').trim().split('\n')) {
  const [program, path, name, hidden, said = ''] = line.split('\t');
  if (said.includes(`unknown flag: --${name}~`) || said.includes(`unknown flag: --${name}"`) || said.endsWith(`unknown flag: --${name}`))
    continue;
  probe.set(`${program}|${path}|${name}`, said);
  if (hidden) hiddenOf.set(`${program}|${path}`, [...(hiddenOf.get(`${program}|${path}`) ?? []), name!]);
}

const arrays = new Set([
  'annotation',
  'build-arg',
  'build-arg-file',
  'build-context',
  'configmap',
  'os-feature',
  'sbom-scanner-command',
  'tag',
  'add-file',
  'change',
  'label',
  'tmpfs',
  'blkio-weight-device',
]);
const basic = new Set([
  'string',
  'stringArray',
  'strings',
  'bool',
  'int',
  'uint',
  'float',
  'duration',
  'int32',
  'ints',
  'uints',
  'ip',
  'ipSlice',
  'stringToString',
]);
const renamed: Record<string, string> = { ipSlice: 'ips', stringToString: 'stringMap' };
const fromMachine = new Set([
  'arch',
  'os',
  'platform',
  'ulimit',
  'pids-limit',
  'log-driver',
  'shm-size',
  'umask',
  'detach-keys',
  'time',
  'stop-timeout',
  'runtime',
  'isolation',
  'cgroup-manager',
  'env',
  'socket-path',
]);
const hiddenShort: Record<string, string> = {
  'info debug': 'D',
  'system info debug': 'D',
  'manifest inspect verbose': 'v',
  'container runlabel pull': 'p',
};

function kindOf(program: string, path: string, flag: ReferenceFlag): string {
  const said = probe.get(`${program}|${path}|${flag.name}`) ?? '';
  if (flag.name === 'tls-verify' || /^(src|dest)-tls-verify$/.test(flag.name)) return 'optionalBool';
  if (basic.has(flag.type)) return renamed[flag.type] ?? flag.type;
  if (said.includes('parse error')) return 'strings';
  if (said.includes('ParseInt')) return 'int';
  if (said.includes('Atoi')) return 'ints';
  if (said.includes('ParseUint')) return 'uint';
  if (said.includes('ParseFloat')) return 'float';
  if (said.includes('ParseBool')) return 'bool';
  if (said.includes('duration')) return 'duration';
  return arrays.has(flag.name) ? 'stringArray' : 'string';
}

const aliasNames: Record<string, [string, string][]> = {
  podman: [
    ['dns-opt', 'dns-option'],
    ['healthcheck-command', 'health-cmd'],
    ['healthcheck-interval', 'health-interval'],
    ['healthcheck-retries', 'health-retries'],
    ['healthcheck-start-period', 'health-start-period'],
    ['healthcheck-timeout', 'health-timeout'],
    ['net', 'network'],
    ['namespace', 'ns'],
    ['storage', 'external'],
    ['notruncate', 'no-trunc'],
    ['override-arch', 'arch'],
    ['override-os', 'os'],
    ['override-variant', 'variant'],
  ],
  buildah: [
    ['net', 'network'],
    ['override-arch', 'arch'],
    ['override-os', 'os'],
    ['purge', 'rm'],
    ['tty', 'terminal'],
  ],
  timeout: [['timeout', 'time']],
};
const normalized: Record<string, [string, RegExp]> = {
  podman: [
    'podman',
    /^(manifest push|(container )?(mount|run|create|ps|list)|(image )?history|generate spec|kube (apply|generate|play|down)|generate kube|farm build|pod (stop|ps|create))$/,
  ],
  timeout: ['podman', /^((container )?(stop|restart)|system service|generate systemd)$/],
  buildahInPodman: ['podman', /^((image )?build)$/],
  buildah: ['buildah', /^(run|from|build|manifest (create|add|push))$/],
};

const completeByName: Record<string, string> = {
  authfile: 'files',
  cidfile: 'files',
  iidfile: 'files',
  'pod-id-file': 'files',
  'cert-dir': 'directories',
  creds: 'none',
  'env-file': 'files',
  'label-file': 'files',
  network: 'networkModes',
  pod: 'pods',
  'volumes-from': 'containers',
  requires: 'containers',
  signal: 'signals',
  'stop-signal': 'signals',
  'cap-add': 'capabilities',
  'cap-drop': 'capabilities',
  secret: 'secrets',
  file: 'files',
  input: 'files',
  output: 'files',
  volume: 'volumes',
  mount: 'none',
  device: 'files',
  'hooks-dir': 'directories',
  'sign-by-sigstore': 'files',
  'sign-by-sigstore-private-key': 'files',
  'sign-passphrase-file': 'files',
  digestfile: 'files',
  'conmon-pidfile': 'files',
  pidfile: 'files',
  'decryption-key': 'files',
  'encryption-key': 'files',
  'hosts-file': 'files',
  'seccomp-profile-root': 'directories',
  ignorefile: 'files',
  logfile: 'files',
  workdir: 'none',
  user: 'users',
  'security-opt': 'none',
  'user-data': 'files',
  import: 'files',
  export: 'files',
  'policy-file': 'files',
  configmap: 'files',
  'build-arg-file': 'files',
  'signature-policy': 'files',
  'metadata-file': 'files',
  contextdir: 'directories',
  'context-dir': 'directories',
  directory: 'directories',
  'passphrase-file': 'files',
  'compat-auth-file': 'files',
  'rusage-logfile': 'files',
  pubkeysfile: 'files',
};
const choicesByName: Record<string, string[]> = {
  pull: ['always', 'missing', 'never', 'newer'],
  policy: ['always', 'missing', 'never', 'newer'],
  restart: ['always', 'no', 'never', 'on-failure', 'unless-stopped'],
  'log-driver': ['json-file', 'k8s-file', 'journald', 'none', 'passthrough', 'passthrough-tty'],
  cgroups: ['disabled', 'enabled', 'no-conmon', 'split'],
  'image-volume': ['anonymous', 'ignore', 'tmpfs'],
  sdnotify: ['conmon', 'container', 'healthy', 'ignore'],
  systemd: ['always', 'false', 'true'],
  'health-on-failure': ['kill', 'none', 'restart', 'stop'],
  attach: ['stderr', 'stdin', 'stdout'],
  'seccomp-policy': ['default', 'image'],
  'compression-format': ['gzip', 'zstd', 'zstd:chunked'],
  isolation: ['chroot', 'oci', 'rootless'],
  'exit-policy': ['continue', 'stop'],
  'sbom-merge-strategy': ['cat', 'merge-cyclonedx-by-component-name-and-version', 'merge-spdx-by-package-name-and-versioninfo'],
};

function define(program: string, path: string, flag: ReferenceFlag, hidden = false): Def {
  const kind = kindOf(program, path, flag);
  const def: Def = { name: flag.name, kind };
  if (flag.short) def.short = flag.short;
  if (hidden) {
    def.hidden = true;
    const short = hiddenShort[`${path} ${flag.name}`];
    if (short) def.short = short;
  }
  const optional = /^(.*)\[="(.*)"\]$/.exec(flag.type);
  if (optional) def.noOpt = optional[2];
  else if (!basic.has(flag.type)) def.valueName = flag.type;
  const text = flag.default;
  if (
    text !== undefined &&
    !text.startsWith('is ') &&
    !text.includes('(') &&
    !text.startsWith('hides') &&
    !text.startsWith("'") &&
    !text.startsWith('to ')
  ) {
    const quoted = /^"(.*)"$/s.exec(text);
    if (
      fromMachine.has(flag.name) ||
      kind === 'optionalBool' ||
      text === 'false' ||
      kind.endsWith('s') ||
      kind === 'stringArray' ||
      kind === 'duration' ||
      kind === 'stringMap'
    )
      def.defaultText = text;
    else if (kind === 'bool' || kind === 'int' || kind === 'uint' || kind === 'float' || kind === 'int32') def.value = text;
    else def.value = quote(quoted ? quoted[1]! : text);
    if (kind === 'string' && !quoted && !fromMachine.has(flag.name)) def.value = quote(text);
  }
  if (text !== undefined && kind === 'bool' && text !== 'true') def.value = undefined;
  const sort = /Choose from: \\?"(.*?)\\?"/.exec(probe.get(`${program}|${path}|${flag.name}`) ?? '');
  if (sort) def.choices = sort[1]!.split(', ');
  else if (choicesByName[flag.name] && kind.startsWith('string')) def.choices = choicesByName[flag.name];
  if (completeByName[flag.name] && !kind.includes('ool') && !def.choices) def.complete = completeByName[flag.name];
  const aliases: string[] = [];
  for (const [set, [owner, pattern]] of Object.entries(normalized)) {
    if (owner !== program || !pattern.test(path)) continue;
    for (const [alias, name] of aliasNames[set === 'buildahInPodman' ? 'buildah' : set]!) if (name === flag.name) aliases.push(alias);
  }
  if (aliases.length) def.aliases = aliases;
  return def;
}

const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
const key = (name: string) => (/^[a-z]+$/i.test(name) ? name : quote(name));
const list = (items: string[]) => `[${items.map(quote).join(', ')}]`;

function emitFlag(def: Def): string {
  const parts: string[] = [];
  if (def.short) parts.push(`short: ${quote(def.short)}`);
  if (def.value !== undefined) parts.push(`default: ${def.value}`);
  if (def.defaultText !== undefined) parts.push(`defaultText: ${quote(def.defaultText)}`);
  if (def.noOpt !== undefined) parts.push(`noOptDefault: ${quote(def.noOpt)}`);
  if (def.valueName !== undefined) parts.push(`valueName: ${quote(def.valueName)}`);
  if (def.aliases) parts.push(`aliases: ${list(def.aliases)}`);
  if (def.hidden) parts.push('hidden: true');
  parts.push("summary: ''");
  if (def.choices) parts.push(`choices: ${list(def.choices)}`);
  if (def.choices && def.valueName === 'choice') parts.push('strict: true');
  if (def.complete) parts.push(`complete: ${quote(def.complete)}`);
  return `  ${key(def.name)}: flag.${def.kind}({ ${parts.join(', ')} }),`;
}

const same = (a: Def, b: Def) => emitFlag({ ...a, aliases: undefined }) === emitFlag({ ...b, aliases: undefined });

const references: Record<string, Record<string, ReferenceCommand>> = {};
for (const program of ['podman', 'buildah', 'skopeo'])
  references[program] = JSON.parse(readFileSync(`${referenceDir}/cli-${program}.json`, 'utf8'));

function flagsOf(program: string, path: string): Map<string, Def> {
  const flags = new Map<string, Def>();
  for (const flag of references[program]![path]!.flags) if (flag.name !== 'help') flags.set(flag.name, define(program, path, flag));
  for (const name of hiddenOf.get(`${program}|${path}`) ?? []) {
    const said = probe.get(`${program}|${path}|${name}`)!;
    const type = said.includes('ParseBool')
      ? 'bool'
      : said.includes('parse error')
        ? 'strings'
        : said.includes('ParseInt')
          ? 'int'
          : said.includes('ParseUint')
            ? 'uint'
            : arrays.has(name)
              ? 'stringArray'
              : 'string';
    if (name !== 'net') flags.set(name, define(program, path, { name, type }, true));
  }
  return new Map([...flags].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Group {
  file: string;
  constant: string;
  doc: string;
  flags: Map<string, Def>;
}
const groups: Group[] = [];
function group(file: string, constant: string, doc: string, from: [string, string], wanted: (name: string) => boolean) {
  const taken = new Set(
    groups
      .filter((g) => g.doc !== '' && from[1] === 'container run')
      .flatMap((g) => (createParts.includes(g.constant) ? [...g.flags.keys()] : [])),
  );
  const flags = new Map([...flagsOf(...from)].filter(([name]) => wanted(name) && !taken.has(name)));
  groups.push({ file, constant, doc, flags });
}
const createParts = ['resources', 'health', 'networking', 'namespaces', 'security', 'mounts', 'selection', 'createRest'];
const only =
  (...names: string[]) =>
  (name: string) =>
    names.includes(name);
group('resources', 'resources', 'Limits on what a container may use.', ['podman', 'container run'], (n) =>
  /^(blkio|cpu|cgroup-conf|cgroup-parent|cgroups$|device-(read|write)|memory|oom-|pids-limit|shm-size|ulimit|kernel-memory|rdt-class)/.test(
    n,
  ),
);
group('health', 'health', 'How the health of a container is watched.', ['podman', 'container run'], (n) =>
  /^(health-|no-healthcheck)/.test(n),
);
group('networking', 'networking', 'How a container reaches the network and is reached.', ['podman', 'container run'], (n) =>
  /^(add-host|dns|expose|hostname|hosts-file|ip6?$|mac-address|network|no-hostname|no-hosts|publish)/.test(n),
);
group('namespaces', 'namespaces', 'Which namespaces of the kernel a container has of its own.', ['podman', 'container run'], (n) =>
  /^(cgroupns|gidmap|uidmap|ipc|pid|userns|uts|sub[ug]idname)$/.test(n),
);
group('security', 'security', 'What a container may do.', ['podman', 'container run'], (n) =>
  /^(cap-|privileged|security-opt|seccomp-policy|read-only|device-cgroup-rule|group-add|umask)/.test(n),
);
group('mounts', 'mounts', 'What a container sees in its filesystem beside the image.', ['podman', 'container run'], (n) =>
  /^(device|gpus|mount|tmpfs|volume|volumes-from|image-volume|secret|rootfs|storage-opt|chrootdirs|init|init-path)$/.test(n),
);
group('selection', 'selection', 'Which image of a list is wanted, and where it comes from.', ['podman', 'container run'], (n) =>
  /^(arch|os|variant|platform|pull|authfile|cert-dir|creds|tls-verify|retry|retry-delay|decryption-key|signature-policy|disable-content-trust)$/.test(
    n,
  ),
);
group(
  'create',
  'createRest',
  'What `container create` and `container run` understand.',
  ['podman', 'container create'],
  (n) =>
    !['resources', 'health', 'networking', 'namespaces', 'security', 'mounts', 'selection'].some((c) =>
      groups.find((g) => g.constant === c)!.flags.has(n),
    ),
);
group('build', 'buildFlags', 'What the builds of podman and buildah have in common.', ['podman', 'image build'], () => true);
group(
  'registry',
  'registryAccess',
  'How a registry is spoken to.',
  ['podman', 'image pull'],
  only('authfile', 'cert-dir', 'creds', 'tls-verify'),
);
group('registry', 'retries', 'How often a registry is tried again.', ['podman', 'image pull'], only('retry', 'retry-delay'));
group('platform', 'platform', 'Which image of a list is wanted.', ['podman', 'image pull'], only('arch', 'os', 'variant', 'platform'));
group('signing', 'signing', 'How an image is signed as it is pushed.', ['podman', 'image push'], (n) => n.startsWith('sign-'));
group('signing', 'skopeoSigning', 'How skopeo signs an image as it is copied.', ['skopeo', 'copy'], (n) => n.startsWith('sign-'));
group('skopeo', 'endpoints', 'How skopeo reaches the source and the destination of a copy.', ['skopeo', 'copy'], (n) =>
  /^(src|dest)-(authfile|cert-dir|creds|no-creds|password|registry-token|tls-verify|username)$/.test(n),
);
group('skopeo', 'endpoint', 'How skopeo reaches the one place that a command is about.', ['skopeo', 'inspect'], (n) =>
  /^(authfile|cert-dir|creds|no-creds|password|registry-token|tls-verify|username|retry-times|retry-delay)$/.test(n),
);
group('buildah', 'fromAndRun', 'How the processes of a working container run.', ['buildah', 'from'], (n) =>
  /^(add-host|cap-add|cap-drop|cgroup-parent|cpu-|cpus|dns|device|group-add|http-proxy|ipc|isolation|memory|network|pid|security-opt|shm-size|ulimit|userns|uts|volume|cgroupns)/.test(
    n,
  ),
);

const createConstants = groups.slice(0, 8);
function groupSources() {
  const files = new Map<string, string[]>();
  for (const g of groups) {
    const lines = files.get(g.file) ?? ["import { flag } from '../flag.ts';", ''];
    files.set(g.file, lines);
    const name = g.constant === 'createRest' ? 'createFlags' : g.constant;
    lines.push(`/** ${g.doc} */`, `export const ${name} = {`);
    if (g.constant === 'createRest') for (const part of createConstants.slice(0, 7)) lines.push(`  ...${part.constant},`);
    for (const def of g.flags.values()) lines.push(emitFlag(def));
    lines.push('};', '');
  }
  const create = files.get('create')!;
  create.splice(1, 0, ...createConstants.slice(0, 7).map((g) => `import { ${g.constant} } from './${g.file}.ts';`));
  for (const [file, lines] of files) write(`${out}/flags/${file}.ts`, lines.join('\n'));
}

const everyCreate = new Map(createConstants.flatMap((g) => [...g.flags]));
const usable: { constant: string; file: string; flags: Map<string, Def> }[] = [
  { constant: 'createFlags', file: 'create', flags: everyCreate },
  ...groups.filter((g) => g.constant === 'buildFlags'),
  ...groups.filter((g) => !['createRest', 'buildFlags'].includes(g.constant)),
];

function emitTable(
  program: string,
  flags: Map<string, Def>,
): { lines: string[]; imports: Map<string, Set<string>>; fromFlag: Set<string> } {
  const left = new Map(flags);
  const lines: string[] = [];
  const imports = new Map<string, Set<string>>();
  const fromFlag = new Set<string>();
  const use = (g: { constant: string; file: string }) => imports.set(g.file, (imports.get(g.file) ?? new Set()).add(g.constant));
  for (const g of usable) {
    if (program === 'buildah' && !['buildah', 'build', 'registry', 'signing'].includes(g.file)) continue;
    const common = [...g.flags.keys()].filter((n) => left.has(n) && same(left.get(n)!, g.flags.get(n)!));
    const missing = [...g.flags.keys()].filter((n) => !common.includes(n));
    const needed = g.constant === 'createFlags' ? 90 : g.constant === 'buildFlags' ? 60 : 3;
    if (common.length < Math.min(needed, g.flags.size)) continue;
    use(g);
    if (missing.length === 0) lines.push(`    ...${g.constant},`);
    else if (missing.length < common.length && g.constant !== 'selection') {
      lines.push(`    ...omit(${g.constant}, ${missing.map(quote).join(', ')}),`);
      fromFlag.add('omit');
    } else {
      lines.push(`    ...pick(${g.constant}, ${common.map(quote).join(', ')}),`);
      fromFlag.add('pick');
    }
    for (const name of common) left.delete(name);
  }
  for (const def of left.values()) lines.push(`  ${emitFlag(def)}`);
  if (left.size) fromFlag.add('flag');
  return { lines, imports, fromFlag };
}

const arity: Record<string, string> = JSON.parse(readFileSync(process.argv[5]!, 'utf8'));

const twins: Record<string, string> = {
  ps: 'container list',
  'container ps': 'container list',
  images: 'image list',
  rmi: 'image rm',
  info: 'system info',
  events: 'system events',
  'generate kube': 'kube generate',
};
for (const name of [
  'attach',
  'commit',
  'cp',
  'create',
  'exec',
  'export',
  'init',
  'kill',
  'logs',
  'mount',
  'pause',
  'port',
  'rename',
  'restart',
  'rm',
  'run',
  'start',
  'stats',
  'stop',
  'top',
  'unmount',
  'unpause',
  'update',
  'wait',
])
  twins[name] = `container ${name}`;
for (const name of ['build', 'history', 'import', 'load', 'pull', 'push', 'save', 'search', 'tag', 'untag']) twins[name] = `image ${name}`;

function write(path: string, text: string) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const pascal = (words: string) =>
  words
    .split(/[ -]/)
    .map((w) => w[0]!.toUpperCase() + w.slice(1))
    .join('');

for (const [program, commands] of Object.entries(references)) {
  for (const [path, command] of Object.entries(commands)) {
    if (path === '' || command.subcommands.length > 0) continue;
    const flags = flagsOf(program, path);
    const twin = program === 'podman' ? twins[path] : undefined;
    if (twin) {
      const [mine, theirs] = [flags, flagsOf(program, twin)].map((f) => [...f.values()].map(emitFlag).join('\n'));
      if (mine !== theirs) console.log('twin differs', path, twin);
      continue;
    }
    const where = `${program === 'podman' ? '' : `${program}/`}${path.replaceAll(' ', '/')}`;
    const up = '../'.repeat(where.split('/').length);
    const { lines, imports, fromFlag } = emitTable(program, flags);
    let usage = command.usage
      .slice(program.length + path.length + 2)
      .replace(/^\[(options|command options|flags)\] ?/, '')
      .replace(/ ?\[flags\]$/, '')
      .trim();
    if (path === 'artifact push') usage = 'ARTIFACT';
    if (path === 'compose') usage = '[options]';
    const text = [
      `import { NotYet } from '${up}../errors.ts';`,
      `import type { Arguments } from '${up}arity.ts';`,
      `import { SelkieCommand } from '${up}command.ts';`,
      ...(fromFlag.size ? [`import { ${[...fromFlag].sort().join(', ')} } from '${up}flag.ts';`] : []),
      ...[...imports].map(([file, names]) => `import { ${[...names].sort().join(', ')} } from '${up}flags/${file}.ts';`),
      '',
      `export default class ${pascal(`${program === 'podman' ? '' : `${program} `}${path}`)} extends SelkieCommand {`,
      "  static override summary = '';",
      ...(usage ? [`  static override usage = ${quote(usage)};`] : []),
      ...(lines.length ? ['  static override flags = {', ...lines, '  };'] : []),
      `  static override args: Arguments = ${arity[`${program} ${path}`] ?? '{ max: 0 }'};`,
      ...(arity[`${program} ${path} +`] ? [arity[`${program} ${path} +`]!] : []),
      '',
      '  override run(): void {',
      '    throw new NotYet(this.path);',
      '  }',
      '}',
      '',
    ].join('\n');
    write(`${out}/commands/${where}.ts`, text);
  }
}
groupSources();

/** A command's word in the tree; `path` is that of the module. */
function emitNode(program: string, path: string, indent: string): string {
  const command = references[program]![path]!;
  const word = path.split(' ').at(-1)!;
  const aliases = command.aliases.filter((alias) => alias !== word);
  const extra = aliases.length ? `, aliases: ${list(aliases)}` : '';
  if (command.subcommands.length === 0) {
    const target = (program === 'podman' ? twins[path] : undefined) ?? path;
    const where = `${program === 'podman' ? '' : `${program}/`}${target.replaceAll(' ', '/')}`;
    return `${indent}${key(word)}: { load: () => import('./commands/${where}.ts')${extra} },`;
  }
  const children = command.subcommands
    .filter((c) => references[program]![`${path} ${c}`])
    .map((c) => emitNode(program, `${path} ${c}`, `${indent}  `));
  return `${indent}${key(word)}: {${extra.slice(1)}${extra ? ',' : ''} children: {\n${children.join('\n')}\n${indent}} },`;
}
const treeText = ["import type { CommandTree } from './tree-node.ts';", ''];
for (const program of Object.keys(references)) {
  treeText.push(`/** What can be typed after \`${program}\`. */`, `export const ${program}Tree: CommandTree = {`);
  for (const word of references[program]!['']!.subcommands) if (references[program]![word]) treeText.push(emitNode(program, word, '  '));
  treeText.push('};', '');
}
write(`${out}/tree.ts`, treeText.join('\n'));
