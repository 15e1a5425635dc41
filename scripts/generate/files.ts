import { completionScript } from '../../src/cli/complete/scripts/index.ts';
import { manPages } from './man.ts';
import { summariesModule } from './summaries.ts';

const programs = ['selkie', 'podman', 'buildah', 'skopeo'];

/** Everything that is generated, by path. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const files = new Map([['src/cli/summaries.ts', await summariesModule()]]);
  for (const program of programs) {
    files.set(`completions/bash/${program}`, completionScript('bash', program));
    files.set(`completions/zsh/_${program}`, completionScript('zsh', program));
    files.set(`completions/fish/${program}.fish`, completionScript('fish', program));
    files.set(`completions/powershell/${program}.ps1`, completionScript('powershell', program));
  }
  for (const [path, text] of await manPages()) files.set(path, text);
  return files;
}
