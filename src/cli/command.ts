import type { Command as OclifCommand } from '@oclif/core';
import type { GlobalOptions } from '../config/globals.ts';
import type { Arguments } from './arity.ts';
import type { FlagTable, Parsed } from './flag.ts';
import type { ParsedLine } from './parse.ts';
import { writeError, writeOut } from './streams.ts';

/** What a command class declares: oclif's static shape, so that its data can be read by the same tools. */
export interface CommandClass extends Partial<Pick<typeof OclifCommand, 'summary' | 'description' | 'hidden' | 'strict'>> {
  new (invocation: Invocation): SelkieCommand;
  /** One line for lists of commands. */
  summary: string;
  /** What help shows after the command's name, without `[options]`. */
  usage: string;
  /** Each without the program's name: `image tag fedora mine`. */
  examples: string[];
  flags: FlagTable;
  args: Arguments;
  /** Whether flags are still flags after the first argument. */
  interspersed: boolean;
  /** Everything after the command's name is an argument, flags included: another program reads them. */
  rawArguments: boolean;
}

/** One call of a command. */
export interface Invocation {
  /** As typed, aliases and all: `podman ps`. */
  path: string;
  /** As words were given, before parsing. */
  argv: readonly string[];
  line: ParsedLine;
  globals: GlobalOptions;
}

export interface ParsedCommand<F> {
  flags: Parsed<F>;
  args: string[];
  /** Whether the flag was given on the command line. */
  changed(name: keyof F & string): boolean;
  /** How many arguments came before `--`; -1 without one. */
  dashAt: number;
}

/** The base of every command: declares what can be typed, makes one call into the library, prints. */
export abstract class SelkieCommand {
  static summary = '';
  static description: string | undefined = undefined;
  static usage = '';
  static examples: string[] = [];
  static flags: FlagTable = {};
  static args: Arguments = { max: 0 };
  static interspersed = true;
  static rawArguments = false;
  static hidden = false;

  /** What the process exits with when `run` returns; a command over many names sets it to the worst. */
  exitCode = 0;
  readonly globals: GlobalOptions;
  /** The command as it was typed, e.g. `podman image tag`. */
  readonly path: string;

  constructor(protected readonly invocation: Invocation) {
    this.globals = invocation.globals;
    this.path = invocation.path;
  }

  abstract run(): Promise<void> | void;

  /** The command line, typed by the flags of the given class (the command's own). */
  parse<F extends FlagTable>(_declaration: { flags: F }): ParsedCommand<F> {
    const { line } = this.invocation;
    return {
      flags: line.values as Parsed<F>,
      args: line.args,
      changed: (name) => line.changed.has(name),
      dashAt: line.dashAt,
    };
  }

  /** A line on standard output. */
  out(text: string): void {
    writeOut(`${text}\n`);
  }

  /** Bytes or text on standard output as they are. */
  write(chunk: string | Uint8Array): void {
    writeOut(chunk);
  }

  /** A line on standard error. */
  err(text: string): void {
    writeError(`${text}\n`);
  }
}
