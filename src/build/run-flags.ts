import type { Instruction } from './containerfile.ts';
import { ContainerfileError } from './errors.ts';
import { expandWord, type Lookup } from './expand.ts';

/** One `RUN --mount`, checked. */
export interface RunMount {
  type: 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh';
  target?: string;
  source?: string;
  from?: string;
  id?: string;
  readOnly?: boolean;
  required: boolean;
  uid: number;
  gid: number;
  mode?: number;
  /** Bytes, of a tmpfs. */
  size?: string;
  env?: string;
  sharing: 'shared' | 'locked';
  /** Of nosuid, nodev, noexec. */
  flags: readonly string[];
  propagation?: string;
  relabel?: 'private' | 'shared';
  /** The source is to belong to the step's user. */
  chown: boolean;
  recursive: boolean;
}

export interface RunFlags {
  mounts: RunMount[];
  network?: string;
  security?: string;
  /** CDI names or devices of the host. */
  devices: string[];
}

/** Words without a value that a bind may be given. */
const propagations = ['shared', 'rshared', 'private', 'rprivate', 'slave', 'rslave'];
const common = ['readonly', 'rw', 'z', 'Z', 'U', 'relabel', 'nosuid', 'nodev', 'noexec', 'bind-propagation', ...propagations];

const keysOf: Record<RunMount['type'], string[]> = {
  bind: [...common, 'target', 'source', 'from', 'bind-nonrecursive', 'no-dereference', 'consistency'],
  cache: [...common, 'target', 'source', 'from', 'id', 'sharing', 'mode', 'uid', 'gid'],
  tmpfs: ['target', 'size', 'mode', 'tmpcopyup', 'notmpcopyup', 'nosuid', 'nodev', 'noexec', 'readonly'],
  secret: ['target', 'id', 'required', 'mode', 'uid', 'gid', 'env'],
  ssh: ['target', 'id', 'required', 'mode', 'uid', 'gid'],
};
const aliases: Record<string, string> = {
  dst: 'target',
  destination: 'target',
  src: 'source',
  ro: 'readonly',
  readwrite: 'rw',
  'tmpfs-size': 'size',
  'tmpfs-mode': 'mode',
};

/** @throws ContainerfileError  Format: Dockerfile reference, RUN --mount, --network, --security. */
export function readRunFlags(instruction: Instruction, lookup: Lookup, escapeChar: string): RunFlags {
  const flags: RunFlags = { mounts: [], devices: [] };
  for (const flag of instruction.flags) {
    const [, name = '', typed = ''] = /^--([^=]+)=?([\s\S]*)$/.exec(flag) ?? [];
    const value = expandWord(typed, lookup, escapeChar);
    if (name === 'mount') flags.mounts.push(readMount(value, instruction));
    else if (name === 'network') flags.network = value;
    else if (name === 'security') flags.security = value;
    else if (name === 'device') flags.devices.push(value);
    else
      throw new ContainerfileError(
        `RUN only supports the --mount=<mountOptions>, --network=<networkMode> and --security=<securityMode> flags, not ${flag}`,
        instruction.line,
      );
  }
  if (flags.network !== undefined && !['default', 'none', 'host'].includes(flags.network)) {
    throw new ContainerfileError(
      `unsupported value ${JSON.stringify(flags.network)} for "RUN --network", must be either "host" or "none"`,
      instruction.line,
    );
  }
  if (flags.security !== undefined && !['sandbox', 'insecure'].includes(flags.security)) {
    throw new ContainerfileError(`unsupported value ${JSON.stringify(flags.security)} for RUN --security`, instruction.line);
  }
  return flags;
}

function readMount(text: string, { line }: Instruction): RunMount {
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split(/=(.*)/s);
    const key = aliases[name] ?? name;
    if (fields.has(key)) throw new ContainerfileError(`duplicate field ${JSON.stringify(name)} in --mount=${text}`, line);
    fields.set(key, value);
  }
  const type = (fields.get('type') ?? 'bind') as RunMount['type'];
  fields.delete('type');
  const allowed = keysOf[type];
  if (!allowed) throw new ContainerfileError(`invalid filesystem type ${JSON.stringify(type)} in --mount=${text}`, line);
  for (const key of fields.keys()) {
    if (!allowed.includes(key)) throw new ContainerfileError(`invalid mount option ${JSON.stringify(key)} in --mount=${text}`, line);
  }
  const target = fields.get('target');
  if (!target && type !== 'secret' && type !== 'ssh') throw new ContainerfileError('must set volume destination', line);
  if (target?.split('/').includes('..')) throw new ContainerfileError(`mount target ${JSON.stringify(target)} must not contain ".."`, line);
  const sharing = (fields.get('sharing') || 'shared') as RunMount['sharing'];
  if (!['shared', 'locked'].includes(sharing))
    throw new ContainerfileError(`unrecognized value ${JSON.stringify(sharing)} for field \`sharing\`: invalid mount option`, line);
  const integer = (name: string, base = 10): number | undefined => {
    const value = fields.get(name);
    if (value === undefined) return undefined;
    if (!(base === 8 ? /^[0-7]+$/ : /^\d+$/).test(value))
      throw new ContainerfileError(`invalid value ${JSON.stringify(value)} for ${name} in --mount=${text}`, line);
    return Number.parseInt(value, base);
  };
  const flag = (name: string): boolean | undefined => (fields.has(name) ? !/^(0|false)$/i.test(fields.get(name)!) : undefined);
  return {
    type,
    target,
    source: fields.get('source'),
    from: fields.get('from'),
    id: fields.get('id'),
    readOnly: flag('readonly') ?? (flag('rw') === undefined ? undefined : !flag('rw')),
    required: flag('required') ?? false,
    uid: integer('uid') ?? 0,
    gid: integer('gid') ?? 0,
    mode: integer('mode', 8),
    size: fields.get('size'),
    env: fields.get('env'),
    sharing,
    flags: ['nosuid', 'nodev', 'noexec'].filter((name) => fields.has(name)),
    propagation: fields.get('bind-propagation') ?? propagations.find((name) => fields.has(name)),
    relabel:
      fields.has('Z') || fields.get('relabel') === 'private'
        ? 'private'
        : fields.has('z') || fields.get('relabel') === 'shared'
          ? 'shared'
          : undefined,
    chown: fields.has('U'),
    recursive: !fields.has('bind-nonrecursive'),
  };
}
