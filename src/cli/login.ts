import { existsSync, readFileSync } from 'node:fs';
import { findCredentials, NotLoggedIn, removeAllCredentials, removeCredentials, storeCredentials } from '../config/auth-json.ts';
import { loadRegistriesConf } from '../config/registries-conf.ts';
import { SelkieError } from '../errors.ts';
import { checkLogin, LoginRefused } from '../registry/login.ts';
import { isTerminal } from './is-terminal.ts';
import { askHidden, readLine } from './prompt.ts';

export interface LoginFlags {
  authfile?: string;
  'cert-dir'?: string;
  'compat-auth-file'?: string;
  'get-login'?: boolean;
  password?: string;
  'password-stdin'?: boolean;
  'tls-verify'?: boolean | undefined;
  username?: string;
  verbose?: boolean;
}

export interface Speaker {
  out(text: string): void;
  write(chunk: string): void;
}

/** `podman login`, `buildah login` and `skopeo login`. @param secretPassword the value of --secret */
export async function logIn(flags: LoginFlags, argument: string | undefined, speaker: Speaker, secretPassword?: string): Promise<void> {
  const registry = registryNamed(argument);
  const authFile = authFileOf(flags);
  const known = findCredentials(registry, authFile && existsSync(authFile) ? authFile : undefined);
  if (flags['get-login']) {
    if (!known?.username) throw new NotLoggedIn(registry);
    speaker.out(known.username);
    return;
  }
  const options = { certDir: flags['cert-dir'] || undefined, insecure: flags['tls-verify'] === false || isInsecure(registry, flags) };
  const host = registry.split('/')[0]!;
  if (known && !flags.username && !flags.password && !flags['password-stdin'] && secretPassword === undefined) {
    speaker.out(`Authenticating with existing credentials for ${registry}`);
    try {
      await checkLogin(host, known, options);
      speaker.out(`Existing credentials are valid. Already logged in to ${registry}`);
      return;
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error;
      speaker.out('Existing credentials are invalid, please enter valid username and password');
    }
  }
  const credentials = await askFor(flags, known?.username, speaker, secretPassword);
  await checkLogin(host, credentials, options);
  const written = storeCredentials(registry, credentials, authFile);
  if (flags.verbose) speaker.out(`Used:  ${written}`);
  speaker.out('Login Succeeded!');
}

/** `logout` of the three programs. */
export function logOut(
  flags: { all?: boolean; authfile?: string; 'compat-auth-file'?: string },
  argument: string | undefined,
  speaker: Speaker,
): void {
  const authFile = authFileOf(flags);
  if (flags.all) {
    if (argument !== undefined) throw new SelkieError('--all takes no arguments');
    removeAllCredentials(authFile);
    speaker.out('Removed login credentials for all registries');
    return;
  }
  const registry = registryNamed(argument);
  removeCredentials(registry, authFile);
  speaker.out(`Removed login credentials for ${registry}`);
}

function authFileOf(flags: Pick<LoginFlags, 'authfile' | 'compat-auth-file'>): string | undefined {
  if (flags.authfile && flags['compat-auth-file'])
    throw new SelkieError(
      'options for paths to the credential file and to the Docker-compatible credential file can not be set simultaneously',
    );
  return flags['compat-auth-file'] || flags.authfile || undefined;
}

function registryNamed(argument: string | undefined): string {
  const registry =
    argument === undefined || argument === ''
      ? loadRegistriesConf().unqualifiedSearchRegistries[0]
      : argument.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  if (!registry) throw new SelkieError('no registries found in registries.conf, a registry must be provided');
  return registry;
}

function isInsecure(registry: string, flags: LoginFlags): boolean {
  if (flags['tls-verify'] !== undefined) return !flags['tls-verify'];
  return loadRegistriesConf().registries.some(
    ({ prefix, insecure }) => insecure === true && (registry === prefix || registry.startsWith(`${prefix}/`)),
  );
}

/** @throws SelkieError at the end of the input */
function typedName(): string {
  try {
    return readLine().trim();
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    throw new SelkieError(`getting username and password: reading username: ${cause.message}`, { cause });
  }
}

async function askFor(
  flags: LoginFlags,
  knownName: string | undefined,
  speaker: Speaker,
  secretPassword: string | undefined,
): Promise<{ username: string; password: string }> {
  if (flags['password-stdin']) {
    if (flags.password) throw new SelkieError("can't specify both --password-stdin and --password");
    if (!flags.username) throw new SelkieError('must provide --username with --password-stdin');
    return { username: flags.username, password: readFileSync(0, 'utf8').replace(/\r?\n$/, '') };
  }
  const given = flags.password || secretPassword;
  let { username } = flags;
  if (!username) {
    speaker.write(knownName ? `Username (${knownName}): ` : 'Username: ');
    username = typedName() || knownName;
    if (!username) throw new SelkieError('username can not be empty');
  }
  if (given) return { username, password: given };
  if (!isTerminal(0)) {
    speaker.write('Password: ');
    throw new SelkieError('getting username and password: reading password: inappropriate ioctl for device');
  }
  return { username, password: askHidden('Password: ', (text) => speaker.write(text)) };
}
