import { EvaluationError } from './compare.ts';
import { type TemplateFunction, templateFunctions } from './functions.ts';
import type { Command, Expression, Pipe, Statement } from './nodes.ts';
import type { Definitions } from './parser.ts';
import { printValue } from './print.ts';
import { isMap, isPlain, isTrue, mapEntries, noteField, typeOf } from './values.ts';

/** A template that could not be carried out on its data. The text is that of Go's text/template. */
export class TemplateExecutionError extends Error {}

interface Variable {
  name: string;
  value: unknown;
}

/** Evaluates a parsed template on `data`. @throws TemplateExecutionError */
export function execute(name: string, text: string, definitions: Definitions, data: unknown): string {
  return new Execution(name, text, definitions).run(data);
}

type Place = { position: number; source: string };

class LoopBreak extends Error {}
class LoopContinue extends Error {}

class Execution {
  private output = '';
  private variables: Variable[] = [];
  private depth = 0;
  private current: string;
  private last: Expression = { kind: 'dot', position: 0, source: '.' };

  constructor(
    private readonly name: string,
    private readonly text: string,
    private readonly definitions: Definitions,
  ) {
    this.current = name;
  }

  run(data: unknown): string {
    this.variables = [{ name: '$', value: data }];
    this.walkList(this.definitions.get(this.name) ?? [], data);
    return this.output;
  }

  private walkList(statements: readonly Statement[], dot: unknown): void {
    for (const statement of statements) this.walk(statement, dot);
  }

  private walk(statement: Statement, dot: unknown): void {
    switch (statement.kind) {
      case 'text':
        this.output += statement.text;
        return;
      case 'action': {
        const value = this.pipe(statement.pipe, dot);
        if (statement.pipe.variables.length === 0) this.output += value === undefined ? '<no value>' : printValue(value);
        return;
      }
      case 'if':
      case 'with':
        this.scoped(() => {
          const value = this.pipe(statement.pipe, dot);
          if (isTrue(value)) this.walkList(statement.body, statement.kind === 'with' ? value : dot);
          else this.walkList(statement.otherwise, dot);
        });
        return;
      case 'range':
        this.scoped(() => this.range(statement, dot));
        return;
      case 'template':
        this.template(statement, dot);
        return;
      case 'break':
        throw new LoopBreak();
      case 'continue':
        throw new LoopContinue();
    }
  }

  private scoped(body: () => void): void {
    const mark = this.variables.length;
    try {
      body();
    } finally {
      this.variables.length = mark;
    }
  }

  private range(statement: Extract<Statement, { kind: 'range' | 'if' | 'with' }>, dot: unknown): void {
    const { pipe } = statement;
    const value = this.pipe(pipe, dot, true);
    const entries = this.entries(value, pipe);
    if (entries.length === 0) {
      this.walkList(statement.otherwise, dot);
      return;
    }
    const counts = typeof value === 'number';
    const [first, second] = pipe.variables;
    if (counts && second !== undefined) this.fail(pipe.commands.at(-1)!, `can't use ${value} to iterate over more than one variable`);
    for (const [key, item] of entries) {
      try {
        this.scoped(() => {
          if (second !== undefined) this.declare(pipe, [key, item]);
          else if (first !== undefined) this.declare(pipe, [counts ? key : item]);
          this.walkList(statement.body, item);
        });
      } catch (error) {
        if (error instanceof LoopBreak) break;
        if (!(error instanceof LoopContinue)) throw error;
      }
    }
  }

  private declare(pipe: Pipe, values: unknown[]): void {
    pipe.variables.forEach((name, i) => {
      if (pipe.assigns) this.assign(name, values[i]);
      else this.variables.push({ name, value: values[i] });
    });
  }

  private entries(value: unknown, pipe: Pipe): [unknown, unknown][] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.map((item, i) => [i, item]);
    if (typeof value === 'number' && Number.isInteger(value)) return Array.from({ length: Math.max(value, 0) }, (_, i) => [i, i]);
    if (isMap(value)) return mapEntries(value);
    if (typeof value === 'object' && Symbol.iterator in value) return Array.from(value as Iterable<unknown>, (item, i) => [i, item]);
    return this.fail(pipe, `range can't iterate over ${printValue(value)}`);
  }

  private template(statement: Extract<Statement, { kind: 'template' }>, dot: unknown): void {
    const body = this.definitions.get(statement.name);
    if (!body) this.fail(statement, `template ${JSON.stringify(statement.name)} not defined`);
    if (this.depth > 1000) this.fail(statement, 'exceeded maximum template depth (100000)');
    const value = statement.pipe ? this.pipe(statement.pipe, dot) : undefined;
    const [variables, current] = [this.variables, this.current];
    this.variables = [{ name: '$', value }];
    this.current = statement.name;
    this.depth++;
    this.walkList(body!, value);
    this.depth--;
    this.variables = variables;
    this.current = current;
  }

  private pipe(pipe: Pipe, dot: unknown, ranging = false): unknown {
    let value: unknown;
    pipe.commands.forEach((command, i) => {
      value = this.command(command, dot, i > 0 ? [value] : []);
    });
    if (!ranging && pipe.variables.length > 0) this.declare(pipe, [value]);
    return value;
  }

  /** One stage of a pipeline; `final` is the value of the stage before it, if there is one. */
  private command(command: Command, dot: unknown, final: unknown[]): unknown {
    const [head, ...args] = command.args as [Expression, ...Expression[]];
    switch (head.kind) {
      case 'function':
        return this.call(head, command, head.name, args, dot, final);
      case 'field':
        return this.fields(head, dot, head.names, args, dot, final);
      case 'variable':
        return this.fields(head, this.variable(head), head.names, args, dot, final);
      case 'chain':
        return this.chain(head, args, dot, final);
      case 'pipe':
        if (args.length > 0 || final.length > 0) this.fail(head, `can't give argument to non-function ${head.source}`);
        return this.pipe(head.pipe, dot);
      case 'nil':
        return this.fail(head, 'nil is not a command');
      default:
        if (args.length > 0 || final.length > 0) this.fail(head, `can't give argument to non-function ${head.source}`);
        return this.argument(head, dot);
    }
  }

  /** Go names what it looked at last, which is inside of the parentheses. */
  private chain(node: Extract<Expression, { kind: 'chain' }>, args: readonly Expression[], dot: unknown, final: unknown[]): unknown {
    const receiver = this.argument(node.inner, dot);
    return this.fields(this.last, receiver, node.names, args, dot, final);
  }

  private argument(node: Expression, dot: unknown): unknown {
    this.last = node;
    switch (node.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'literal':
        return node.value;
      case 'field':
        return this.fields(node, dot, node.names, [], dot, []);
      case 'variable':
        return this.fields(node, this.variable(node), node.names, [], dot, []);
      case 'chain':
        return this.chain(node, [], dot, []);
      case 'pipe':
        return this.pipe(node.pipe, dot);
      case 'function':
        return this.call(node, node, node.name, [], dot, []);
    }
  }

  private call(node: Expression, whole: Place, name: string, args: readonly Expression[], dot: unknown, final: unknown[]): unknown {
    const target = templateFunctions[name] as TemplateFunction;
    if (name === 'and' || name === 'or') return this.shortCircuit(node, name, args, dot, final);
    const values = [...args.map((arg) => this.argument(arg, dot)), ...final];
    this.checkArity(node, name, target, values.length);
    target.kinds?.forEach((kind, i) => {
      this.checkKind(args[i] ?? node, kind, values[i]);
    });
    try {
      return target.call(...(values as never[]));
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return this.fail(whole, `error calling ${name}: ${error.message}`);
    }
  }

  private shortCircuit(node: Expression, name: 'and' | 'or', args: readonly Expression[], dot: unknown, final: unknown[]): unknown {
    if (args.length + final.length === 0) this.fail(node, `wrong number of args for ${name}: want at least 1 got 0`);
    let value: unknown;
    for (const arg of args) {
      value = this.argument(arg, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final.length > 0 ? final[0] : value;
  }

  private checkArity(node: Expression, name: string, target: TemplateFunction, count: number): void {
    const [min, max] = target.arity;
    if (count >= min && count <= max) return;
    const wanted = max === Number.POSITIVE_INFINITY ? `at least ${min}` : String(min);
    this.fail(node, `wrong number of args for ${name}: want ${wanted} got ${count}`);
  }

  private checkKind(node: Expression, kind: 'string' | 'int' | 'strings', value: unknown): void {
    if (kind === 'strings' ? Array.isArray(value) : typeof value === (kind === 'int' ? 'number' : 'string')) return;
    const wanted = kind === 'strings' ? '[]string' : kind;
    if (node.kind === 'literal' && kind === 'strings') this.fail(node, `can't handle ${node.source} for arg of type []string`);
    if (node.kind === 'literal' && kind !== 'strings')
      this.fail(node, kind === 'int' ? `expected integer; found ${node.source}` : `expected string; found ${node.source}`);
    if (value === undefined || value === null) this.fail(node, `invalid value; expected ${wanted}`);
    this.fail(node, `wrong type for value; expected ${wanted}; got ${typeOf(value)}`);
  }

  /** Follows `.A.B.C`; only the last may be a method that takes arguments. */
  private fields(
    node: Expression,
    start: unknown,
    names: readonly string[],
    args: readonly Expression[],
    dot: unknown,
    final: unknown[],
  ): unknown {
    let value = start;
    names.forEach((name, i) => {
      const last = i === names.length - 1;
      value = this.field(node, value, name, last ? [...args.map((arg) => this.argument(arg, dot)), ...final] : []);
    });
    if (names.length === 0 && args.length + final.length > 0) this.fail(node, `can't give argument to non-function ${node.source}`);
    return value;
  }

  private field(node: Expression, receiver: unknown, name: string, args: unknown[]): unknown {
    if (receiver === undefined) return undefined;
    if (receiver === null) return this.fail(node, `nil pointer evaluating interface {}.${name}`);
    if (typeof receiver !== 'object' || Array.isArray(receiver))
      return this.fail(node, `can't evaluate field ${name} in type ${typeOf(receiver)}`);
    if (receiver instanceof Map) return noteField(name, receiver.get(name));
    const key = property(receiver, name);
    if (key === undefined) {
      if (isMap(receiver)) return undefined;
      return this.fail(node, `can't evaluate field ${name} in type ${typeOf(receiver)}`);
    }
    const value = (receiver as Record<string, unknown>)[key];
    if (typeof value === 'function') return value.call(receiver, ...args);
    if (args.length > 0) this.fail(node, `${name} has arguments but cannot be invoked as function`);
    return noteField(name, value);
  }

  private variable(node: Extract<Expression, { kind: 'variable' }>): unknown {
    for (let i = this.variables.length - 1; i >= 0; i--) if (this.variables[i]!.name === node.name) return this.variables[i]!.value;
    return this.fail(node, `undefined variable: ${node.name}`);
  }

  private assign(name: string, value: unknown): void {
    for (let i = this.variables.length - 1; i >= 0; i--) {
      if (this.variables[i]!.name !== name) continue;
      this.variables[i]!.value = value;
      return;
    }
  }

  private fail(node: Place, message: string): never {
    const before = this.text.slice(0, node.position);
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
    throw new TemplateExecutionError(
      `template: ${this.name}:${line}:${column}: executing "${this.current}" at <${node.source}>: ${message}`,
    );
  }
}

/**
 * The property that a field's name means. Objects carry their JSON names, templates use Go's: `.ID` finds `Id`, `.NetworkInterface`
 * finds `network_interface`.
 */
function property(receiver: object, name: string): string | undefined {
  if (name in receiver && !(name in Object.prototype)) return name;
  if (isMap(receiver) || !/^\p{Lu}/u.test(name)) return undefined;
  const plain = (text: string) => text.toLowerCase().replaceAll('_', '');
  const wanted = plain(name);
  const keys = isPlain(receiver)
    ? Object.keys(receiver)
    : [...Object.keys(receiver), ...Object.getOwnPropertyNames(Object.getPrototypeOf(receiver))];
  return keys.find((key) => plain(key) === wanted);
}
