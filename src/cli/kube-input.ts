import { readFileSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { errnoText } from '../os/libc.ts';

/** The YAML that a command of `kube` is given: of files and web addresses one after the other, or of the input for a dash. */
export async function readKubeInput(args: readonly string[]): Promise<string> {
  if (args.length === 1 && args[0] === '-') return readFileSync(0, 'utf8');
  const parts: string[] = [];
  for (const arg of args) parts.push(await readOne(arg));
  return parts.join('\n---\n');
}

async function readOne(arg: string): Promise<string> {
  if (/^https?:\/\//.test(arg)) {
    const { downloadFile } = await import('./download.ts');
    using file = await downloadFile(arg);
    return readFileSync(file.path, 'utf8');
  }
  try {
    return readFileSync(arg, 'utf8');
  } catch (error) {
    throw new SelkieError(`open ${arg}: ${errnoText((error as NodeJS.ErrnoException).code ?? '')}`, { cause: error });
  }
}
