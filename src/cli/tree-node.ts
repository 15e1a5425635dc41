import type { ProgramName } from '../config/globals.ts';
import type { CommandClass } from './command.ts';

/** A word of the command line: a command whose module is loaded when it is called, or a group of them. */
export interface CommandNode {
  readonly load?: () => Promise<{ default: CommandClass }>;
  readonly children?: CommandTree;
  /** Other words for the same; help lists them. */
  readonly aliases?: readonly string[];
  readonly hidden?: boolean;
  /** Of a group: what its commands are about. A command says it in its class. */
  readonly summary?: string;
  /** From here on the flags, layout and texts of this program apply. */
  readonly program?: ProgramName;
}

export type CommandTree = Readonly<Record<string, CommandNode>>;
