/** The parts of a parsed template. `position` is an offset into its text. */
export type Expression =
  | { kind: 'dot'; position: number; source: string }
  | { kind: 'nil'; position: number; source: string }
  | { kind: 'literal'; position: number; source: string; value: unknown }
  | { kind: 'field'; position: number; source: string; names: string[] }
  | { kind: 'variable'; position: number; source: string; name: string; names: string[] }
  | { kind: 'function'; position: number; source: string; name: string }
  | { kind: 'chain'; position: number; source: string; inner: Expression; names: string[] }
  | { kind: 'pipe'; position: number; source: string; pipe: Pipe };

export interface Command {
  position: number;
  source: string;
  args: Expression[];
}

export interface Pipe {
  position: number;
  source: string;
  variables: string[];
  /** `$x = …` rather than `$x := …`. */
  assigns: boolean;
  commands: Command[];
}

export type Statement =
  | { kind: 'text'; text: string }
  | { kind: 'action'; pipe: Pipe }
  | { kind: 'if' | 'range' | 'with'; position: number; pipe: Pipe; body: Statement[]; otherwise: Statement[] }
  | { kind: 'template'; position: number; source: string; name: string; pipe: Pipe | undefined }
  | { kind: 'break' | 'continue' };
