import type { Containerfile, Instruction } from './containerfile.ts';
import { splitWords } from './containerfile.ts';
import { ContainerfileError } from './errors.ts';
import { expandWord, type Lookup } from './expand.ts';

/** A build stage: FROM and what follows it. */
export interface Stage {
  index: number;
  /** The `AS` name, or the index as text. */
  name: string;
  /** The base as it stands after expansion: an image, `scratch`, or an earlier stage's name. */
  base: string;
  platform?: string;
  from: Instruction;
  /** Indices of the earlier stages that it reads from. */
  needs: number[];
  instructions: Instruction[];
}

export interface StagePlan {
  stages: Stage[];
  /** ARGs before the first FROM, with their values. */
  globalArgs: Map<string, string>;
}

/**
 * Splits a Containerfile into stages and cuts it behind `target`.
 * @param buildArgs values of --build-arg, and the platform arguments (TARGETPLATFORM …)
 * @throws ContainerfileError
 */
export function planStages(file: Containerfile, buildArgs: Map<string, string>, target?: string): StagePlan {
  const stages: Stage[] = [];
  const globalArgs = new Map<string, string>();
  const lookup: Lookup = (name) => globalArgs.get(name) ?? (platformArgs.has(name) ? buildArgs.get(name) : undefined);
  for (const instruction of file.instructions) {
    if (instruction.command === 'FROM') {
      stages.push(readFrom(instruction, stages.length, lookup, file.escapeChar));
      continue;
    }
    const stage = stages.at(-1);
    if (stage) {
      stage.instructions.push(instruction);
      continue;
    }
    if (instruction.command !== 'ARG') throw new ContainerfileError('no build stage in current context', instruction.line);
    for (const word of splitWords(instruction.rest, file.escapeChar)) {
      const [name, fallback] = splitArg(word);
      const value = buildArgs.get(name) ?? (fallback === undefined ? undefined : expandWord(fallback, lookup, file.escapeChar));
      if (value !== undefined) globalArgs.set(name, value);
    }
  }
  if (stages.length === 0) throw new ContainerfileError('no FROM statement found');
  const chosen = target === undefined ? stages : untilTarget(stages, target);
  for (const stage of chosen) stage.needs = needsOf(chosen, stage, lookup, file.escapeChar);
  return { stages: chosen, globalArgs };
}

/** Stages that the last one needs, in order: others are not built. */
export function neededStages(stages: Stage[], skipUnused: boolean, isElsewhere: (name: string) => boolean): Stage[] {
  if (!skipUnused) return stages;
  const needed = new Set<number>();
  const visit = (stage: Stage | undefined): void => {
    if (!stage || needed.has(stage.index)) return;
    needed.add(stage.index);
    for (const index of stage.needs) if (!isElsewhere(stages[index]!.name)) visit(stages[index]);
  };
  visit(stages.at(-1));
  const kept = stages.filter((stage) => needed.has(stage.index));
  for (const stage of kept) stage.needs = stage.needs.filter((index) => needed.has(index));
  return kept;
}

/** The stage before `before` that goes by a name or an index. */
export function findStage(stages: Stage[], name: string, before: number): Stage | undefined {
  const earlier = stages.filter((stage) => stage.index < before);
  return (
    earlier.findLast((stage) => stage.name.toLowerCase() === name.toLowerCase()) ?? earlier.find((stage) => String(stage.index) === name)
  );
}

function needsOf(stages: Stage[], stage: Stage, lookup: Lookup, escapeChar: string): number[] {
  const named = referencedStages(stage).map((name) => {
    try {
      return expandWord(name, lookup, escapeChar);
    } catch {
      // What cannot be expanded fails when its step is done.
      return name;
    }
  });
  return [...new Set(named.flatMap((name) => findStage(stages, name, stage.index)?.index ?? []))];
}

function referencedStages(stage: Stage): string[] {
  const names = [stage.base];
  for (const instruction of stage.instructions) {
    for (const flag of instruction.flags) {
      const from = /^--from=(.*)$/.exec(flag)?.[1] ?? /^--mount=.*\bfrom=([^,]+)/.exec(flag)?.[1];
      if (from) names.push(from.replace(/^["']|["']$/g, ''));
    }
  }
  return names;
}

function untilTarget(stages: Stage[], target: string): Stage[] {
  const found = findStage(stages, target, stages.length);
  if (!found) throw new ContainerfileError(`the target ${JSON.stringify(target)} was not found in the provided Dockerfile`);
  return stages.slice(0, found.index + 1);
}

function readFrom(instruction: Instruction, index: number, lookup: Lookup, escapeChar: string): Stage {
  const words = splitWords(instruction.rest, escapeChar);
  const named = words.length === 3 && words[1]!.toLowerCase() === 'as';
  if (words.length !== 1 && !named) {
    throw new ContainerfileError('FROM requires either one argument, or three: FROM <source> [as <name>]', instruction.line);
  }
  const base = expandWord(words[0]!, lookup, escapeChar);
  if (base === '') throw new ContainerfileError(`base name (${words[0]}) should not be blank`, instruction.line);
  let platform: string | undefined;
  for (const flag of instruction.flags) {
    const value = /^--platform=(.*)$/.exec(flag)?.[1];
    if (value === undefined) throw new ContainerfileError(`unknown flag: ${flag.replace(/=.*/, '')}`, instruction.line);
    platform = expandWord(value, lookup, escapeChar) || undefined;
  }
  return { index, name: named ? words[2]! : String(index), base, platform, from: instruction, needs: [], instructions: [] };
}

/** `NAME` or `NAME=default`. */
export function splitArg(word: string): [string, string | undefined] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

/** Arguments that describe the platforms of a build; a stage sees them when it declares them. */
export const platformArgs = new Set([
  'TARGETPLATFORM',
  'TARGETOS',
  'TARGETARCH',
  'TARGETVARIANT',
  'BUILDPLATFORM',
  'BUILDOS',
  'BUILDARCH',
  'BUILDVARIANT',
]);

/** Arguments that need no declaration and stay out of history. */
export const proxyArgs = new Set([
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'FTP_PROXY',
  'ftp_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
]);
