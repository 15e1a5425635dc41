import { existsSync } from 'node:fs';

/** A program that the engine uses, as `info` shows it. */
export interface ProgramFacts {
  package: string;
  path: string;
  version: string;
}

/** Path, version and package of a program; nothing is known of one that is not there. */
export async function programFacts(path: string): Promise<ProgramFacts> {
  if (path === '') return { package: '', path: '', version: '' };
  const [version, owner] = await Promise.all([programVersion(path), packageOf(path)]);
  return { package: owner, path, version };
}

/** What `PROGRAM --version` prints, without the last line end; '' where it fails. */
export async function programVersion(path: string): Promise<string> {
  return (await output([path, '--version']))?.replace(/\n$/, '') ?? '';
}

const packageManagers: readonly (readonly string[])[] = [
  ['/usr/bin/rpm', '-q', '-f'],
  ['/usr/bin/dpkg', '-S'],
  ['/usr/bin/pacman', '-Qo', '-q'],
  ['/sbin/apk', 'info', '-W'],
];

/** The package that brought a file, with its version, in the package manager's own form; `Unknown` where none knows it. */
async function packageOf(path: string): Promise<string> {
  for (const command of packageManagers) {
    if (!existsSync(command[0]!)) continue;
    const answer = await output([...command, path]);
    if (answer === undefined) continue;
    const line = answer.trim();
    switch (command[0]) {
      case '/usr/bin/dpkg': {
        const name = line.split(': ')[0]!;
        const format = '${Package}_${Version}_${Architecture}';
        return (await output(['/usr/bin/dpkg-query', '-f', format, '-W', name]))?.trim() ?? line;
      }
      case '/usr/bin/pacman':
        return (await output(['/usr/bin/pacman', '-Q', '--', line]))?.trim().replaceAll(' ', '-') ?? line;
      case '/sbin/apk':
        return line.replace(`${path} is owned by `, '');
      default:
        return line;
    }
  }
  return 'Unknown';
}

async function output(command: string[]): Promise<string | undefined> {
  try {
    const child = Bun.spawn(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' });
    const [text, status] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    return status === 0 ? text : undefined;
  } catch {
    return undefined;
  }
}
