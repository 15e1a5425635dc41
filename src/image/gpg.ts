import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { InvalidSignature } from './signature/errors.ts';
import { signatureLimit } from './signature/signature.ts';

/** What GnuPG could not do, in its own words. */
export class GpgError extends SelkieError {}

/** A signed text whose signature is good. Fingerprints are 40 or more upper-case hex digits. */
export interface SignedText {
  readonly content: Uint8Array;
  /** Of the key that signed, which may be a subkey. */
  readonly fingerprint: string;
  /** Of the key that it belongs to. */
  readonly primary: string;
}

interface GpgResult {
  readonly status: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** GnuPG on one key ring: a new one of given public keys, or the user's own. Files of ours are in a directory that goes with it. */
export class Gpg implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'selkie-gpg-'));

  private constructor(private readonly isUsers: boolean) {}

  static ofUser(): Gpg {
    return new Gpg(true);
  }

  /** A ring with nothing but these keys; what is no key is left out. */
  static withKeys(keys: readonly Uint8Array[]): Gpg {
    const gpg = new Gpg(false);
    for (const key of keys) gpg.#run(['--import'], key);
    return gpg;
  }

  /** Fingerprints of the ring's primary keys. */
  fingerprints(): string[] {
    const { stdout } = this.#run(['--with-colons', '--list-keys']);
    const lines = Buffer.from(stdout).toString().split('\n');
    return lines.flatMap((line, index) => (line.startsWith('pub:') ? [fingerprintAfter(lines, index)] : [])).filter((each) => each !== '');
  }

  /** The text that a message holds, once its one signature has been found good. @throws InvalidSignature */
  verify(message: Uint8Array): SignedText {
    const [signed, content, statusFile] = ['signature', 'content', 'status'].map((name) => join(this.#directory, name)) as [
      string,
      string,
      string,
    ];
    // What an earlier message left must not speak for this one.
    for (const path of [content, statusFile]) rmSync(path, { force: true });
    writeFileSync(signed, message);
    const limit = ['--max-output', String(signatureLimit)];
    const { status } = this.#run([...limit, '--status-file', statusFile, '--output', content, '--verify', signed]);
    const lines = existsSync(statusFile) ? readFileSync(statusFile, 'utf8').split('\n') : [];
    const all = (word: string): string[] => lines.filter((line) => line.startsWith(`[GNUPG:] ${word} `));
    const failed = ['ERRSIG', 'BADSIG', 'EXPSIG', 'EXPKEYSIG', 'REVKEYSIG'].flatMap(all)[0];
    const valid = all('VALIDSIG');
    // One signature over the whole: more of either could hide what was signed.
    if (valid.length > 1) throw new InvalidSignature(`Unexpected GPG signature count ${valid.length}`);
    if (status !== 0 || failed !== undefined || all('GOODSIG').length !== 1 || valid.length !== 1) {
      const key = failed?.split(' ')[2];
      throw new InvalidSignature(`Invalid GPG signature${key ? ` of key ${key}` : ''}`);
    }
    const [, , fingerprint = '', ...rest] = valid[0]!.split(' ');
    return { content: readFileSync(content), fingerprint, primary: rest.at(-1) ?? fingerprint };
  }

  /** Signs a text with a key of the ring. @param passphrase undefined: gpg-agent asks where it has to @throws GpgError */
  sign(text: Uint8Array, key: string, passphrase?: string): Uint8Array {
    if (passphrase?.includes('\n')) throw new GpgError('invalid passphrase: must not contain a line break');
    const [input, output] = [join(this.#directory, 'text'), join(this.#directory, 'signed')];
    writeFileSync(input, text);
    rmSync(output, { force: true });
    const loopback = passphrase ? ['--pinentry-mode', 'loopback', '--passphrase-fd', '0'] : [];
    const { status, stderr } = this.#run(
      [...loopback, '--local-user', key, '--output', output, '--sign', input],
      passphrase ? Buffer.from(`${passphrase}\n`) : undefined,
    );
    if (status !== 0 && /: No secret key$/.test(lastLine(stderr))) throw new GpgError(`key ${JSON.stringify(key)} not found`);
    if (status !== 0) throw new GpgError(lastLine(stderr) || `gpg exited with status ${status}`);
    return readFileSync(output);
  }

  /** @param recipients as gpg takes them @throws GpgError */
  encrypt(text: Uint8Array, recipients: readonly string[]): Uint8Array {
    const { status, stdout, stderr } = this.#run(['--encrypt', ...recipients.flatMap((each) => ['--recipient', each])], text);
    if (status !== 0) throw new GpgError(lastLine(stderr) || `gpg exited with status ${status}`);
    return stdout;
  }

  /** Undefined where no key of the ring opens it. */
  decrypt(message: Uint8Array, passphrase = ''): Uint8Array | undefined {
    const input = join(this.#directory, 'message');
    writeFileSync(input, message);
    const loopback = ['--pinentry-mode', 'loopback', '--passphrase-fd', '0', '--max-output', String(signatureLimit)];
    const { status, stdout } = this.#run([...loopback, '--decrypt', input], Buffer.from(`${passphrase}\n`));
    return status === 0 ? stdout : undefined;
  }

  #run(args: readonly string[], input?: Uint8Array): GpgResult {
    const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
    const fixed = ['--batch', '--no-tty', '--quiet', '--trust-model', 'always', '--no-auto-key-retrieve'];
    const home = this.isUsers ? [] : ['--homedir', this.#directory];
    const clean = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' };
    const result = spawnSync('gpg', [...home, ...fixed, ...args], {
      input: input ?? '',
      env: this.isUsers ? { ...process.env, LC_ALL: 'C' } : clean,
      // Nobody is asked there, so what takes longer is a message made to.
      ...(this.isUsers ? {} : { timeout: 60_000 }),
    });
    const { error } = result as { error?: NodeJS.ErrnoException };
    if (error?.code === 'ENOENT') throw new GpgError('signatures need the program gpg, which is in the package gnupg', { cause: error });
    if (error) throw new GpgError(`gpg ${args.join(' ')}: ${error.message}`, { cause: error });
    return { status: result.status ?? 1, stdout: result.stdout, stderr: result.stderr.toString() };
  }

  [Symbol.dispose](): void {
    // An agent that was started for the key ring goes with it.
    if (!this.isUsers && readdirSync(this.#directory).some((name) => name.startsWith('S.'))) {
      const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
      spawnSync('gpgconf', ['--homedir', this.#directory, '--kill', 'all'], { stdio: 'ignore' });
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function fingerprintAfter(lines: readonly string[], index: number): string {
  return (
    lines
      .slice(index)
      .find((line) => line.startsWith('fpr:'))
      ?.split(':')[9] ?? ''
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)!;
}
