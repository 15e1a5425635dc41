import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { HealthConfig, OciImageConfig } from '../image/image-config.ts';
import type { Builder } from './builder.ts';
import { manifestTypes } from './builder-state.ts';
import { envMap, setEnv } from './config-steps.ts';
import { shellWords } from './shell-words.ts';

/** What `buildah config` is told; what is undefined stays as it is. */
export interface ConfigChanges {
  author?: string;
  createdBy?: string;
  arch?: string;
  variant?: string;
  os?: string;
  osFeatures?: readonly string[];
  osVersion?: string;
  user?: string;
  shell?: string;
  stopSignal?: string;
  ports?: readonly string[];
  env: readonly string[];
  entrypoint?: string;
  cmd?: string;
  volumes?: readonly string[];
  healthcheck?: HealthChanges;
  labels?: readonly string[];
  unsetLabels: readonly string[];
  unsetAnnotations: readonly string[];
  workingDir?: string;
  comment?: string;
  historyComment?: string;
  domainname?: string;
  hostname?: string;
  onbuild?: readonly string[];
  annotations?: readonly string[];
}

/** Durations in nanoseconds; `texts` are the flags as the history shows them. */
export interface HealthChanges {
  command?: string;
  interval?: number;
  startPeriod?: number;
  startInterval?: number;
  timeout?: number;
  retries?: number;
  texts: string;
}

/** Changes what the image of a working container will say. @param note is told each change as an instruction @throws SelkieError */
export function changeConfig(builder: Builder, changes: ConfigChanges, note: (instruction: string) => void): void {
  const { image, config, state } = builder;
  if (changes.author !== undefined) image.author = changes.author;
  if (changes.createdBy !== undefined) state['created-by'] = changes.createdBy;
  if (changes.arch !== undefined) image.architecture = changes.arch;
  if (changes.variant !== undefined) image.variant = changes.variant;
  if (changes.os !== undefined) image.os = changes.os;
  if (changes.osFeatures) image['os.features'] = changeList(image['os.features'] ?? [], changes.osFeatures);
  if (changes.osVersion !== undefined) image['os.version'] = changes.osVersion;
  setText(changes.user, 'USER', note, (value) => {
    config.User = value;
  });
  setText(changes.shell, 'SHELL', note, (value) => {
    config.Shell = words('shell', value);
    if (value !== '') notInOci(builder, `SHELL is not supported for OCI image format, [${value}]`);
  });
  setText(changes.stopSignal, 'STOPSIGNAL', note, (value) => {
    config.StopSignal = value;
  });
  if (changes.ports) {
    config.ExposedPorts = changeSet(config.ExposedPorts ?? {}, changes.ports);
    note(`EXPOSE ${changes.ports.join(' ')}`);
  }
  for (const text of changes.env) changeEnv(config, text);
  if (changes.env.length > 0) note(`ENV ${changes.env.join(' ')}`);
  setText(changes.entrypoint, 'ENTRYPOINT', note, (value) => setEntrypoint(config, value));
  setText(changes.cmd, 'CMD', note, (value) => {
    config.Cmd = value.trim() === '' ? null : (jsonWords(value) ?? words('cmd', value));
  });
  for (const path of changes.volumes ?? []) {
    config.Volumes = changeSet(config.Volumes ?? {}, [path]);
    note(`VOLUME ${path}`);
  }
  if (changes.healthcheck) changeHealthcheck(config, changes.healthcheck, note);
  if (changes.labels) {
    config.Labels = changeMap(config.Labels ?? {}, changes.labels);
    note(`LABEL ${changes.labels.join(' ')}`);
  }
  for (const name of changes.unsetLabels) delete config.Labels?.[name];
  for (const name of changes.unsetAnnotations) delete state.annotations?.[name];
  setText(changes.workingDir, 'WORKDIR', note, (value) => {
    config.WorkingDir = value;
  });
  if (changes.comment !== undefined) {
    image.comment = changes.comment;
    if (changes.comment !== '') notInOci(builder, `COMMENT is not supported for OCI image format, comment ${changes.comment}`);
  }
  if (changes.historyComment !== undefined) state['history-comment'] = changes.historyComment;
  if (changes.domainname !== undefined) {
    config.Domainname = changes.domainname;
    if (changes.domainname !== '') notInOci(builder, `DOMAINNAME is not supported for OCI image format, domainname ${changes.domainname}`);
  }
  if (changes.hostname !== undefined) {
    config.Hostname = changes.hostname;
    if (changes.hostname !== '') notInOci(builder, `HOSTNAME is not supported for OCI V1 image format, hostname ${changes.hostname}`);
  }
  for (const text of changes.onbuild ?? []) {
    config.OnBuild = [...(config.OnBuild ?? []), text];
    notInOci(builder, `ONBUILD is not supported for OCI image format, ${text}`);
    note(`ONBUILD ${text}`);
  }
  if (changes.annotations) state.annotations = changeMap(state.annotations ?? {}, changes.annotations);
}

function setText(value: string | undefined, instruction: string, note: (text: string) => void, set: (value: string) => void): void {
  if (value === undefined) return;
  set(value);
  note(`${instruction} ${value}`);
}

function notInOci(builder: Builder, what: string): void {
  if (builder.state.Format === manifestTypes.oci) warn(`${what} will be ignored. Must use \`docker\` format`);
}

/** `name` adds, `name-` takes away, `-` empties. */
function changeList(list: readonly string[], changes: readonly string[]): string[] {
  return Object.keys(changeSet(Object.fromEntries(list.map((name) => [name, {}])), changes));
}

function changeSet(set: Record<string, unknown>, changes: readonly string[]): Record<string, unknown> {
  let changed = { ...set };
  for (const text of changes) {
    if (text === '-') changed = {};
    else if (text.endsWith('-')) delete changed[text.slice(0, -1)];
    else changed[text] = {};
  }
  return changed;
}

function changeMap(map: Record<string, string>, changes: readonly string[]): Record<string, string> {
  let changed = { ...map };
  for (const text of changes) {
    const at = text.indexOf('=');
    if (at >= 0) changed[text.slice(0, at)] = text.slice(at + 1);
    else if (text === '-') changed = {};
    else if (text.endsWith('-')) delete changed[text.slice(0, -1)];
    else changed[text] = '';
  }
  return changed;
}

/** `NAME=value` with `$OTHER` of the image's environment, `NAME` with our value, `NAME-` takes away, `-` empties. */
function changeEnv(config: OciImageConfig, text: string): void {
  const at = text.indexOf('=');
  if (at >= 0) {
    const env = envMap(config.Env);
    const value = text.slice(at + 1).replace(/\$(?:\{(\w+)\}|(\w+))/g, (_whole, braced?: string, plain?: string) => {
      const name = braced ?? plain!;
      const found = env.get(name);
      if (found === undefined) throw new SelkieError(`expanding variable ${JSON.stringify(name)}: no value set in configuration`);
      return found;
    });
    setEnv(config, text.slice(0, at), value);
  } else if (text === '-') config.Env = [];
  else if (text.endsWith('-')) config.Env = (config.Env ?? []).filter((entry) => !entry.startsWith(`${text.slice(0, -1)}=`));
  else {
    const own = process.env[text];
    if (!own) throw new SelkieError(`setting env ${JSON.stringify(text)}: no value given`);
    setEnv(config, text, own);
  }
}

function setEntrypoint(config: OciImageConfig, value: string): void {
  if (value.trim() === '') {
    config.Entrypoint = null;
    return;
  }
  const words = jsonWords(value);
  const command = JSON.stringify((config.Cmd ?? []).join(' '));
  if (config.Cmd?.length) {
    warn(
      `cmd ${command} exists ${words ? 'and will be passed to entrypoint as a parameter' : 'but will be ignored because of entrypoint settings'}`,
    );
  }
  config.Entrypoint = words ?? ['/bin/sh', '-c', value];
}

function jsonWords(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((word) => typeof word === 'string') ? (parsed as string[]) : undefined;
  } catch {
    return undefined;
  }
}

const defaultHealth: HealthConfig = { Test: ['NONE'], Interval: 30e9, Timeout: 30e9, Retries: 3 };

function changeHealthcheck(config: OciImageConfig, changes: HealthChanges, note: (text: string) => void): void {
  const { command, interval, startPeriod, startInterval, timeout, retries, texts } = changes;
  const health: HealthConfig = {
    ...(config.Healthcheck ?? defaultHealth),
    ...(command === undefined ? {} : { Test: words('healthcheck', command) }),
    ...(interval === undefined ? {} : { Interval: interval }),
    ...(startPeriod === undefined ? {} : { StartPeriod: startPeriod }),
    ...(startInterval === undefined ? {} : { StartInterval: startInterval }),
    ...(timeout === undefined ? {} : { Timeout: timeout }),
    ...(retries === undefined ? {} : { Retries: retries }),
  };
  if (!health.Test?.length) {
    delete config.Healthcheck;
    note('HEALTHCHECK NONE');
    return;
  }
  config.Healthcheck = health;
  note(`HEALTHCHECK ${texts}${command ?? ''}`);
}

function words(flag: string, text: string): string[] {
  try {
    return shellWords(text);
  } catch (error) {
    throw new SelkieError(`parsing --${flag} ${JSON.stringify(text)}: ${(error as Error).message}`, { cause: error });
  }
}
