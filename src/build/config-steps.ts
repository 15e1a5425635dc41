import { posix } from 'node:path';
import type { HealthConfig, OciImageConfig } from '../image/image-config.ts';
import { execForm, type Instruction, keyValues, splitWords } from './containerfile.ts';
import { ContainerfileError } from './errors.ts';
import { expandWord, type Lookup } from './expand.ts';
import { proxyArgs, splitArg } from './stages.ts';

/** What the steps of one stage change besides files. */
export interface StageState {
  config: OciImageConfig;
  author?: string;
  /** ARGs of this stage that have a value. */
  args: Map<string, string>;
  /** ARGs that the stage declares, with a value or not. */
  declared: Set<string>;
  /** CMD was given in this stage, so ENTRYPOINT leaves it. */
  cmdSet: boolean;
  escapeChar: string;
  /** --build-arg and platform arguments. */
  buildArgs: Map<string, string>;
  globalArgs: Map<string, string>;
}

/** Variables as a step sees them: ENV before ARG before proxies. */
export function stageLookup(state: StageState): Lookup {
  return (name) =>
    envMap(state.config.Env).get(name) ?? state.args.get(name) ?? (proxyArgs.has(name) ? state.buildArgs.get(name) : undefined);
}

export function envMap(env: string[] | null | undefined): Map<string, string> {
  return new Map((env ?? []).map((entry) => splitArg(entry) as [string, string]).map(([name, value]) => [name, value ?? '']));
}

/** Sets `NAME=value`; a name that is there already moves to the end, as buildah has it. */
export function setEnv(config: OciImageConfig, name: string, value: string): void {
  config.Env = [...(config.Env ?? []).filter((entry) => !entry.startsWith(`${name}=`)), `${name}=${value}`];
}

type Step = (instruction: Instruction, state: StageState) => void;

/**
 * Applies an instruction that changes the configuration only; answers false for those that touch files (RUN, COPY, ADD) and for FROM.
 * @throws ContainerfileError
 */
export function applyConfigStep(instruction: Instruction, state: StageState): boolean {
  const step = steps[instruction.command];
  if (!step) return false;
  if (instruction.flags.length > 0 && instruction.command !== 'HEALTHCHECK') {
    throw new ContainerfileError(`unknown flag: ${instruction.flags[0]!.replace(/=.*/, '')}`, instruction.line);
  }
  step(instruction, state);
  return true;
}

const expanded = (text: string, state: StageState): string => expandWord(text, stageLookup(state), state.escapeChar);

/** Words after expansion; an expansion with blanks gives several. */
function expandedWords({ rest, command, line }: Instruction, state: StageState): string[] {
  const words = splitWords(rest, state.escapeChar).flatMap((word) =>
    /["']/.test(word) ? [expanded(word, state)] : expanded(word, state).split(/\s+/),
  );
  if (words.length === 0) throw new ContainerfileError(`${command} requires at least one argument`, line);
  return words.filter((word) => word !== '');
}

function oneArgument(instruction: Instruction, state: StageState): string {
  const value = expanded(instruction.rest.trim(), state);
  if (instruction.rest.trim() === '')
    throw new ContainerfileError(`${instruction.command} requires exactly one argument`, instruction.line);
  return value;
}

function command(instruction: Instruction, state: StageState): string[] {
  return execForm(instruction.rest) ?? [...shellOf(state.config), instruction.rest];
}

/** What a shell form is run by. */
export const shellOf = (config: OciImageConfig): string[] => (config.Shell?.length ? config.Shell : defaultShell);

export const defaultShell = ['/bin/sh', '-c'];

const steps: Record<string, Step> = {
  ARG(instruction, state) {
    const words = splitWords(instruction.rest, state.escapeChar);
    if (words.length === 0) throw new ContainerfileError('ARG requires at least one argument', instruction.line);
    for (const word of words) {
      const [name, fallback] = splitArg(word);
      state.declared.add(name);
      const value =
        state.buildArgs.get(name) ??
        (fallback === undefined ? (state.args.get(name) ?? state.globalArgs.get(name)) : expanded(fallback, state));
      if (value !== undefined) state.args.set(name, value);
    }
  },
  ENV(instruction, state) {
    // All values of one ENV see the environment as it was before it.
    const pairs = keyValues(instruction, state.escapeChar).map(([name, value]) => [expanded(name, state), expanded(value, state)] as const);
    for (const [name, value] of pairs) setEnv(state.config, name, value);
  },
  LABEL(instruction, state) {
    const pairs = keyValues(instruction, state.escapeChar).map(([name, value]) => [expanded(name, state), expanded(value, state)] as const);
    state.config.Labels = { ...state.config.Labels, ...Object.fromEntries(pairs) };
  },
  MAINTAINER(instruction, state) {
    state.author = oneArgument(instruction, state);
  },
  CMD(instruction, state) {
    state.config.Cmd = command(instruction, state);
    state.cmdSet = true;
  },
  ENTRYPOINT(instruction, state) {
    state.config.Entrypoint = command(instruction, state);
    if (!state.cmdSet) state.config.Cmd = null;
  },
  USER(instruction, state) {
    state.config.User = oneArgument(instruction, state);
  },
  WORKDIR(instruction, state) {
    const path = oneArgument(instruction, state);
    state.config.WorkingDir = posix.resolve('/', state.config.WorkingDir ?? '', path);
  },
  EXPOSE(instruction, state) {
    const ports = { ...state.config.ExposedPorts };
    for (const word of expandedWords(instruction, state)) for (const port of exposedPorts(word, instruction)) ports[port] = {};
    state.config.ExposedPorts = ports;
  },
  VOLUME(instruction, state) {
    const paths = execForm(instruction.rest)?.map((path) => expanded(path, state)) ?? expandedWords(instruction, state);
    if (paths.some((path) => path.trim() === ''))
      throw new ContainerfileError('VOLUME specified can not be an empty string', instruction.line);
    state.config.Volumes = { ...state.config.Volumes, ...Object.fromEntries(paths.map((path) => [path.trim(), {}])) };
  },
  STOPSIGNAL(instruction, state) {
    state.config.StopSignal = oneArgument(instruction, state);
  },
  SHELL(instruction, state) {
    const shell = execForm(instruction.rest);
    if (!shell?.length) throw new ContainerfileError('SHELL requires the arguments to be in JSON form', instruction.line);
    state.config.Shell = shell;
  },
  ONBUILD(instruction, state) {
    const trigger = /^\S+/.exec(instruction.rest)?.[0].toUpperCase();
    if (!trigger) throw new ContainerfileError('ONBUILD requires at least one argument', instruction.line);
    if (trigger === 'ONBUILD') throw new ContainerfileError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", instruction.line);
    if (trigger === 'FROM' || trigger === 'MAINTAINER')
      throw new ContainerfileError(`${trigger} isn't allowed as an ONBUILD trigger`, instruction.line);
    state.config.OnBuild = [...(state.config.OnBuild ?? []), instruction.rest];
  },
  HEALTHCHECK(instruction, state) {
    state.config.Healthcheck = healthcheck(instruction, state);
  },
};

function exposedPorts(word: string, { line }: Instruction): string[] {
  const match = /^(\d+)(?:-(\d+))?(?:\/([a-zA-Z]+))?$/.exec(word);
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  const protocol = (match?.[3] ?? 'tcp').toLowerCase();
  if (!match || from > to || to > 65535) throw new ContainerfileError(`invalid containerPort: ${word}`, line);
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) throw new ContainerfileError(`invalid proto: ${protocol}`, line);
  return Array.from({ length: to - from + 1 }, (_, i) => `${from + i}/${protocol}`);
}

function healthcheck(instruction: Instruction, state: StageState): HealthConfig {
  const [kind = '', text = ''] = /^(\S+)\s*([\s\S]*)$/.exec(instruction.rest)?.slice(1) ?? [];
  if (kind.toUpperCase() === 'NONE') return { Test: ['NONE'] };
  if (kind.toUpperCase() !== 'CMD')
    throw new ContainerfileError(`unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`, instruction.line);
  if (text === '') throw new ContainerfileError('missing command after HEALTHCHECK CMD', instruction.line);
  const exec = execForm(text);
  const health: HealthConfig = { Test: exec ? ['CMD', ...exec] : ['CMD-SHELL', text] };
  for (const flag of instruction.flags) {
    const [, name = '', raw = ''] = /^--([^=]+)=?(.*)$/.exec(flag) ?? [];
    const value = expanded(raw, state);
    if (name === 'retries') {
      if (!/^\d+$/.test(value) || Number(value) < 1)
        throw new ContainerfileError(`--retries must be at least 1 (not ${value})`, instruction.line);
      health.Retries = Number(value);
      continue;
    }
    const field = healthDurations[name];
    if (!field) throw new ContainerfileError(`unknown flag: --${name}`, instruction.line);
    health[field] = nanoseconds(value, name, instruction);
  }
  return health;
}

const healthDurations: Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
};

const unitNanoseconds: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

function nanoseconds(text: string, name: string, { line }: Instruction): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) {
    throw new ContainerfileError(`--${name}: invalid duration ${JSON.stringify(text)}`, line);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitNanoseconds[unit!]!, 0);
}
