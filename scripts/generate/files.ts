import { summariesModule } from './summaries.ts';

/** Everything that is generated, by path. */
export async function generatedFiles(): Promise<Map<string, string>> {
  return new Map([['src/cli/summaries.ts', await summariesModule()]]);
}
