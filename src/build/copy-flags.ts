import type { Instruction } from './containerfile.ts';
import { ContainerfileError } from './errors.ts';
import { expandWord, type Lookup } from './expand.ts';

/** The flags of COPY and ADD, expanded. */
export interface CopyFlags {
  from?: string;
  chown?: string;
  chmod?: string;
  checksum?: string;
  link: boolean;
  parents: boolean;
  keepGitDir: boolean;
  /** Unpack local archives; default true for ADD. */
  unpack?: boolean;
  exclude: string[];
}

/** @throws ContainerfileError for a flag that the instruction does not have. */
export function readCopyFlags(instruction: Instruction, lookup: Lookup, escapeChar: string): CopyFlags {
  const flags: CopyFlags = { link: false, parents: false, keepGitDir: false, exclude: [] };
  for (const flag of instruction.flags) {
    const [, name = '', typed] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(flag) ?? [];
    const value = typed === undefined ? undefined : expandWord(typed, lookup, escapeChar);
    switch (name) {
      case 'from':
        // `buildah add` has it, ADD has not.
        if (instruction.command === 'ADD' && instruction.line > 0) throw unknownFlag(flag, instruction);
        flags.from = value;
        break;
      case 'chown':
      case 'chmod':
        flags[name] = value;
        break;
      case 'checksum':
      case 'keep-git-dir':
      case 'unpack':
        if (instruction.command !== 'ADD' && instruction.line > 0) throw unknownFlag(flag, instruction);
        if (name === 'checksum') flags.checksum = value;
        else if (name === 'unpack') flags.unpack = readBoolean(value);
        else flags.keepGitDir = readBoolean(value);
        break;
      case 'link':
      case 'parents':
        flags[name] = readBoolean(value);
        break;
      case 'exclude':
        if (value) flags.exclude.push(value);
        break;
      default:
        throw unknownFlag(flag, instruction);
    }
  }
  return flags;
}

const readBoolean = (value: string | undefined): boolean => value === undefined || /^(1|t|true|yes)$/i.test(value);

const unknownFlag = (flag: string, instruction: Instruction): ContainerfileError =>
  new ContainerfileError(
    `${instruction.command} only supports the --chmod=<permissions> --chown=<uid:gid> --from=<image|stage> and --exclude=<pattern> flags, not ${flag}`,
    instruction.line,
  );
