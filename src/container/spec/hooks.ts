import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../../errors.ts';
import type { Container } from '../container.ts';
import type { ContainerEngine } from '../engine.ts';
import type { OciHook, OciSpec } from '../oci-spec.ts';

export class HookError extends SelkieError {}

/** A hook's file, oci-hooks(5) version 1.0.0. */
interface HookFile {
  version?: string;
  hook?: OciHook;
  when?: {
    always?: boolean;
    annotations?: Record<string, string>;
    commands?: string[];
    hasBindMounts?: boolean;
    or?: boolean;
  };
  stages?: string[];
}

const runtimeStages = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'];

/** Adds the hooks of the hooks directories that are meant for this container; a file in a later directory replaces its namesake. */
export function addHooks(engine: ContainerEngine, spec: OciSpec, container: Container): void {
  const directories = engine.globals.hooksDir?.length ? engine.globals.hooksDir : engine.conf.engine.hooks_dir;
  addHooksOf(directories, spec, container.config.userVolumes.length > 0);
}

/** The same for what is no container of the engine. */
export function addHooksOf(directories: readonly string[], spec: OciSpec, hasBinds: boolean): void {
  const files = new Map<string, string>();
  for (const directory of directories) {
    if (!existsSync(directory)) continue;
    for (const name of readdirSync(directory)) if (name.endsWith('.json')) files.set(name, join(directory, name));
  }
  for (const [, path] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = readHook(path);
    if (!file.hook || !matches(file, spec, hasBinds)) continue;
    for (const stage of file.stages ?? []) {
      if (stage === 'precreate') runPrecreate(file.hook, spec);
      else if (runtimeStages.includes(stage)) {
        spec.hooks ??= {};
        spec.hooks[stage] = [...(spec.hooks[stage] ?? []), file.hook];
      } else throw new HookError(`setting up OCI Hooks: hook ${JSON.stringify(path)}: unknown stage ${JSON.stringify(stage)}`);
    }
  }
}

function readHook(path: string): HookFile {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as HookFile;
  } catch (error) {
    throw new HookError(`setting up OCI Hooks: parsing hook ${JSON.stringify(path)}: ${(error as Error).message}`, { cause: error });
  }
}

function matches({ when = {} }: HookFile, spec: OciSpec, hasBinds: boolean): boolean {
  const results: boolean[] = [];
  if (when.always !== undefined) results.push(when.always);
  if (when.hasBindMounts !== undefined) results.push(when.hasBindMounts === hasBinds);
  for (const [key, value] of Object.entries(when.annotations ?? {})) {
    results.push(Object.entries(spec.annotations ?? {}).some(([name, text]) => new RegExp(key).test(name) && new RegExp(value).test(text)));
  }
  if (when.commands?.length) results.push(when.commands.some((pattern) => new RegExp(pattern).test(spec.process?.args[0] ?? '')));
  if (results.length === 0) return false;
  return when.or ? results.some(Boolean) : results.every(Boolean);
}

/** A program that reads the spec and answers with the one to use. */
function runPrecreate(hook: OciHook, spec: OciSpec): void {
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  const env = Object.fromEntries(
    (hook.env ?? []).map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  const result = spawnSync(hook.path, hook.args?.slice(1) ?? [], {
    input: JSON.stringify(spec),
    env,
    ...(hook.timeout ? { timeout: hook.timeout * 1000 } : {}),
    ...(hook.args?.[0] ? { argv0: hook.args[0] } : {}),
  });
  if (result.error || result.status !== 0)
    throw new HookError(
      `setting up OCI Hooks: executing precreate hook ${hook.path}: ${result.error?.message ?? `exit status ${result.status}`}`,
    );
  const text = result.stdout.toString();
  if (text.trim() !== '') Object.assign(spec, JSON.parse(text) as OciSpec);
}
