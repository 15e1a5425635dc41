import { warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { captureExec } from './exec.ts';

/** What the script exits with when it did not come so far as to run ps(1). */
const NOT_RUN = 255;

/**
 * Runs the host's ps(1) as `$2` among the container's processes: everything read-only in a mount namespace of its own, so that no
 * process of the container can write to the program by way of it, and /proc that of the container. `$1` is 1 where its user namespace
 * is to be joined for the names of users. No variable of ours reaches it.
 */
const script = `
mount -t proc proc /proc || exit ${NOT_RUN}
join=$1; ps=$2; shift 2
if [ "$join" = 1 ]; then exec nsenter --user=/proc/1/ns/user --preserve-credentials -- "$ps" "$@"; fi
exec "$ps" "$@"`;

/** @throws SelkieError where ps(1) refuses its arguments */
export async function runPs(engine: ContainerEngine, container: Container, args: readonly string[]): Promise<string[]> {
  const given = args.length === 1 ? splitWords(args[0]!) : [...args];
  const lines = (await hostPs(container, given)) ?? (await containerPs(engine, container, given));
  // ps(1) sees itself.
  const command = args.join(' ');
  return lines.filter((line) => !line.includes(command));
}

/** Undefined where the host's ps(1) cannot be run. */
async function hostPs({ config, state }: Container, args: readonly string[]): Promise<string[] | undefined> {
  const { capabilities } = config.spec.process ?? {};
  // Who may trace can look into the files of the host by way of a process of the host.
  if (capabilities === undefined || capabilities.effective?.includes('CAP_SYS_PTRACE')) return undefined;
  const programs = ['unshare', 'nsenter', 'setpriv', 'sh', 'mount', 'ps'].map((name) => Bun.which(name));
  const [unshare, nsenter, setpriv, sh, , ps] = programs;
  if (programs.includes(null)) {
    warn('Falling back to container ps(1), could not execute ps(1) from the host: exec: "ps": executable file not found in $PATH');
    return undefined;
  }
  const isMapped = config.idMappings !== undefined ? '1' : '0';
  const child = Bun.spawn(
    [
      ...[unshare!, '--mount', '--propagation', 'private', '--kill-child', '--fork', '--'],
      ...[sh!, '-c', 'mount -o remount,bind,ro / 2>/dev/null; exec "$@"', 'sh'],
      ...[nsenter!, '--target', String(state.pid), '--pid', '--', setpriv!, '--no-new-privs'],
      ...[sh!, '-c', script, 'sh', isMapped, ps!, ...args],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { HOME: process.env['HOME'] ?? '/', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    },
  );
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code === 0) return linesOf(output);
  if (code !== NOT_RUN) throw new SelkieError(`ps(1) failed with exit code ${code}: ${errors}`);
  warn(`Falling back to container ps(1), could not execute ps(1) from the host: ${errors.trim()}`);
  return undefined;
}

async function containerPs(engine: ContainerEngine, container: Container, args: readonly string[]): Promise<string[]> {
  const { code, output, errors } = await captureExec(engine, container, ['ps', ...args]);
  if (code === 0) return linesOf(output);
  throw new SelkieError(`executing ps(1) in container: runtime failed with exit status: ${code} and output: ${errors}`);
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** Words as a shell splits them. */
function splitWords(text: string): string[] {
  const words = text.match(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return words.map((word) =>
    word.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, (_, single, double, escaped) => single ?? double ?? escaped ?? ''),
  );
}
