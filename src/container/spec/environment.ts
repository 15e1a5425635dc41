import { SelkieError } from '../../errors.ts';
import { imageEnvironment, parseEnvironment } from '../options/environment.ts';
import { expandVariables } from './expand-variables.ts';

export interface EnvironmentRequest {
  /** Undefined with `--rootfs`: there is no image, and only what containers.conf says comes in. */
  image: readonly string[] | undefined;
  configured: readonly string[];
  given: Record<string, string>;
  envHost: boolean;
  /** Where podman and we put temporary files: a variable of the host like others. */
  temporary: string;
  httpProxy: boolean;
  merge: readonly string[];
  unset: readonly string[];
  unsetAll: boolean;
  tty: boolean;
}

const proxyVariables = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY'];
const defaults = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', container: 'podman' };

/** The variables of the process in the order of their weight: defaults, containers.conf, image, host and proxies, user. */
export function containerEnvironment(request: EnvironmentRequest): Record<string, string> {
  let variables: Record<string, string> = parseEnvironment([...request.configured]);
  if (request.image) variables = { ...defaults, ...variables, ...imageEnvironment(request.image) };
  if (request.tty && !('TERM' in variables)) variables['TERM'] = 'xterm';
  for (const entry of request.merge) {
    const expanded = expandVariables(entry, variables);
    const equals = expanded.indexOf('=');
    if (equals < 0) throw new SelkieError(`missing \`=\` for --env-merge substitution ${entry}`);
    variables[expanded.slice(0, equals)] = expanded.slice(equals + 1);
  }
  for (const name of request.unset) delete variables[name];
  if (request.unsetAll) variables = {};
  if (request.envHost) Object.assign(variables, { TMPDIR: request.temporary }, definedHostVariables());
  else if (request.httpProxy) {
    for (const name of proxyVariables) {
      const value = process.env[name];
      if (value !== undefined) variables[name] = value;
    }
  }
  return { ...variables, ...request.given };
}

function definedHostVariables(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
