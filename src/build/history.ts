import { envMap, type StageState } from './config-steps.ts';
import type { Instruction } from './containerfile.ts';
import { proxyArgs } from './stages.ts';

/** What distinguishes a COPY or ADD from another of the same text. */
export interface CopySummary {
  /** `file:<hex>`, `dir:<hex>`, `multi:<hex>` or, for a URL, the bare hex. */
  content: string;
  /** The last word of the instruction as typed. */
  destination: string;
  link: boolean;
}

/**
 * The `created_by` of a step: the very text that buildah writes, as images of both tools serve as cache for each other.
 * @param mounts checksums of bind mounts of a RUN, `sha256:<hex>`
 */
export function createdBy(instruction: Instruction, state: StageState, copy?: CopySummary, mounts: readonly string[] = []): string {
  switch (instruction.command) {
    case 'ARG':
      return `/bin/sh -c #(nop) ARG ${[...state.args.keys()]
        .filter((name) => state.declared.has(name))
        .sort()
        .join(' ')}`;
    case 'RUN':
      return `${runPrefix(state)}${runText(instruction)}${mounts.map((sum) => `:${sum}`).join('')}`;
    case 'COPY':
    case 'ADD': {
      const link = copy!.link ? ' --link' : '';
      return `/bin/sh -c #(nop) ${instruction.command}${link} ${copy!.content} in ${copy!.destination} `;
    }
    default:
      return `/bin/sh -c #(nop) ${instruction.command} ${instruction.original}`;
  }
}

/** `|N K=V … /bin/sh -c `: arguments that the command saw, which a later build must have equal. */
function runPrefix(state: StageState): string {
  const env = envMap(state.config.Env);
  const pairs = [...state.args]
    .filter(([name]) => state.declared.has(name) || !proxyArgs.has(name))
    .map(([name, value]) => `${name}=${env.get(name) ?? value}`)
    .sort();
  if (pairs.length === 0) return '/bin/sh -c ';
  const joined = pairs.join(' ');
  return `|${joined.split(' ').length} ${joined} /bin/sh -c `;
}

function runText(instruction: Instruction): string {
  const bodies = instruction.heredocs.map((heredoc) => `\n${heredoc.content.trim()}`);
  return instruction.original + bodies.join('');
}
