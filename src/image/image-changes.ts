import { constants } from 'node:os';
import { posix } from 'node:path';
import { SelkieError } from '../errors.ts';
import type { OciImageConfig } from './image-config.ts';

/**
 * Applies `--change` instructions (`CMD …`, or with `=` for the first space) in order.
 * @throws SelkieError `invalid change "…" - why`
 */
export function applyChanges(config: OciImageConfig, changes: readonly string[]): OciImageConfig {
  for (const change of changes) applyChange(config, change);
  return config;
}

function applyChange(config: OciImageConfig, change: string): void {
  const fail = (why: string): never => {
    throw new SelkieError(`invalid change ${JSON.stringify(change)} - ${why}`);
  };
  const space = change.indexOf(' ');
  const cut = space >= 0 ? space : change.indexOf('=');
  if (cut < 0) fail('must be formatted as KEY VALUE');
  const key = change.slice(0, cut).trim().toUpperCase();
  const value = change.slice(cut + 1).trim();
  switch (key) {
    case 'USER':
      config.User = value || fail('must provide a value to USER');
      break;
    case 'EXPOSE':
      config.ExposedPorts = { ...config.ExposedPorts, [port(value, fail)]: {} };
      break;
    case 'ENV': {
      const [name, text = ''] = keyValue(value);
      if (name === '') fail('ENV must have at least one argument');
      config.Env = [...(config.Env ?? []).filter((entry) => !entry.startsWith(`${unquote(name)}=`)), `${unquote(name)}=${unquote(text)}`];
      break;
    }
    case 'ENTRYPOINT':
      config.Entrypoint = jsonList(value) ?? (value === '' ? [] : ['/bin/sh', '-c', value]);
      break;
    case 'CMD':
      config.Cmd = jsonList(value) ?? ['/bin/sh', '-c', ...(value === '' ? [] : [value])];
      break;
    case 'VOLUME': {
      const volumes = jsonList(value) ?? value.split(' ');
      if (volumes.length === 0) fail('must provide at least one argument to VOLUME');
      if (volumes.includes('')) fail('VOLUME paths must not be empty');
      config.Volumes = { ...config.Volumes, ...Object.fromEntries(volumes.map((volume) => [volume, {}])) };
      break;
    }
    case 'WORKDIR':
      if (value === '') fail('must provide a non-empty WORKDIR');
      config.WorkingDir = value.startsWith('/') ? posix.normalize(value) : posix.join(config.WorkingDir ?? '', value);
      break;
    case 'LABEL': {
      const [name, text] = keyValue(value);
      if (text === undefined) fail('LABEL must be formatted key=value');
      if (unquote(name) === '') fail('LABEL must have a non-empty key');
      config.Labels = { ...config.Labels, [unquote(name)]: unquote(text!) };
      break;
    }
    case 'STOPSIGNAL':
      config.StopSignal = String(signalNumber(value) ?? fail(`KILLSIGNAL must be given a valid signal: invalid signal: ${value}`));
      break;
    case 'ONBUILD':
      if (value === '') fail('ONBUILD must be given an argument');
      config.OnBuild = [...(config.OnBuild ?? []), value];
      break;
    default:
      fail(`invalid instruction ${key}`);
  }
}

function port(value: string, fail: (why: string) => never): string {
  const [number = '', protocol = 'tcp', ...more] = value.split('/');
  if (more.length > 0) fail('EXPOSE port must be formatted as PORT[/PROTO]');
  if (!/^[+-]?\d+$/.test(number)) fail(`EXPOSE port must be an integer: strconv.Atoi: parsing ${JSON.stringify(number)}: invalid syntax`);
  if (Number(number) <= 0 || Number(number) > 65535) fail('EXPOSE port must be a valid port number');
  if (!['tcp', 'udp'].includes(protocol.toLowerCase())) fail('EXPOSE protocol must be TCP or UDP');
  return `${Number(number)}/${protocol.toLowerCase()}`;
}

function keyValue(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const unquote = (text: string): string => (text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text);

function jsonList(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) > 0 && Number(text) < 65 ? Number(text) : undefined;
  const name = text.toUpperCase().startsWith('SIG') ? text.toUpperCase() : `SIG${text.toUpperCase()}`;
  return (constants.signals as Record<string, number>)[name];
}
