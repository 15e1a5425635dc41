import { quote } from '../../go-values.ts';
import { lex, TemplateSyntaxError, type Token } from './lexer.ts';
import { numberLiteral, runeLiteral, unquote } from './literals.ts';
import type { Command, Expression, Pipe, Statement } from './nodes.ts';

/** The named bodies of a template: the text itself, and what it defines. */
export type Definitions = Map<string, Statement[]>;

/** Parses the text of a template by Go's grammar. @throws TemplateSyntaxError */
export function parse(name: string, text: string, hasFunction: (name: string) => boolean): Definitions {
  return new Parser(name, text, hasFunction).run();
}

type End = { type: 'end' | 'else' | 'eof'; token: Token };

class Parser {
  private at = 0;
  private readonly tokens: Token[];
  private variables = ['$'];
  private rangeDepth = 0;
  private readonly definitions: Definitions = new Map();

  constructor(
    private readonly name: string,
    private readonly text: string,
    private readonly hasFunction: (name: string) => boolean,
  ) {
    this.tokens = lex(text);
  }

  run(): Definitions {
    const [body, end] = this.list();
    if (end.type !== 'eof') this.fail(`unexpected {{${end.type}}}`, end.token);
    this.definitions.set(this.name, body);
    return this.definitions;
  }

  /** Statements up to `{{end}}`, `{{else` (what follows is still to be read) or the end of the text. */
  private list(): [Statement[], End] {
    const statements: Statement[] = [];
    for (;;) {
      const token = this.nextNonSpace();
      if (token.type === 'eof') return [statements, { type: 'eof', token }];
      if (token.type === 'text') {
        statements.push({ kind: 'text', text: token.value });
        continue;
      }
      if (token.type !== 'left') this.unexpected(token, 'input');
      const next = this.nextNonSpace();
      if (next.type !== 'keyword') {
        this.at--;
        statements.push({ kind: 'action', pipe: this.pipeline('command', 'right') });
        continue;
      }
      if (next.value === 'end') {
        this.expect('right', 'end');
        return [statements, { type: 'end', token: next }];
      }
      if (next.value === 'else') return [statements, { type: 'else', token: next }];
      const statement = this.keyword(next);
      if (statement) statements.push(statement);
    }
  }

  private keyword(token: Token): Statement | undefined {
    switch (token.value) {
      case 'if':
      case 'range':
      case 'with':
        return this.control(token.value, token);
      case 'template':
        return this.template();
      case 'define':
        this.define(token);
        return undefined;
      case 'block':
        return this.block(token);
      case 'break':
      case 'continue':
        this.expect('right', `{{${token.value}}}`);
        if (this.rangeDepth === 0) this.fail(`{{${token.value}}} outside {{range}}`, token);
        return { kind: token.value };
      default:
        return this.unexpected(token, 'command');
    }
  }

  private control(kind: 'if' | 'range' | 'with', token: Token): Statement {
    const outer = this.variables;
    this.variables = [...outer];
    const pipe = this.pipeline(kind, 'right');
    if (kind === 'range') this.rangeDepth++;
    const [body, end] = this.list();
    if (kind === 'range') this.rangeDepth--;
    const otherwise = end.type === 'else' ? this.otherwise(kind) : [];
    if (end.type === 'eof') this.fail('unexpected EOF', end.token);
    this.variables = outer;
    return { kind, position: token.position, pipe, body, otherwise };
  }

  /** What follows `{{else`: a chained condition, or statements up to `{{end}}`. */
  private otherwise(kind: 'if' | 'range' | 'with'): Statement[] {
    const next = this.nextNonSpace();
    if (next.type === 'keyword' && ((next.value === 'if' && kind === 'if') || (next.value === 'with' && kind === 'with'))) {
      return [this.control(next.value, next)];
    }
    if (next.type !== 'right') this.unexpected(next, 'else');
    const [body, end] = this.list();
    if (end.type === 'else') this.fail('expected end; found {{else}}', end.token);
    if (end.type === 'eof') this.fail('unexpected EOF', end.token);
    return body;
  }

  private template(): Statement {
    const { position } = this.peekNonSpace();
    const name = this.templateName('template clause');
    const next = this.nextNonSpace();
    if (next.type === 'right') return { kind: 'template', position, source: `{{template ${quote(name)}}}`, name, pipe: undefined };
    this.at--;
    const pipe = this.pipeline('template clause', 'right');
    return { kind: 'template', position, source: `{{template ${quote(name)} ${pipe.source}}}`, name, pipe };
  }

  private templateName(context: string): string {
    const token = this.nextNonSpace();
    if (token.type !== 'string' && token.type !== 'rawString') this.unexpected(token, context);
    return unquote(token.value);
  }

  private define(token: Token): void {
    const name = this.templateName('define clause');
    this.expect('right', 'define clause');
    this.addDefinition(name, token, 'define clause');
  }

  private block(token: Token): Statement {
    const { position } = this.peekNonSpace();
    const name = this.templateName('block clause');
    const pipe = this.pipeline('block clause', 'right');
    this.addDefinition(name, token, 'block clause');
    return { kind: 'template', position, source: `{{template ${quote(name)} ${pipe.source}}}`, name, pipe };
  }

  private addDefinition(name: string, token: Token, context: string): void {
    const outer = this.variables;
    this.variables = ['$'];
    const [body, end] = this.list();
    if (end.type === 'eof') this.fail('unexpected EOF', end.token);
    if (end.type !== 'end') this.unexpected(token, context);
    this.variables = outer;
    this.definitions.set(name, body);
  }

  private pipeline(context: string, end: 'right' | 'rightParen'): Pipe {
    const first = this.peekNonSpace();
    const pipe: Pipe = { position: first.position, source: '', variables: [], assigns: false, commands: [] };
    this.declarations(pipe, context);
    for (;;) {
      const token = this.nextNonSpace();
      if (token.type === end) {
        this.checkPipeline(pipe, context, token);
        pipe.source = this.text.slice(first.position, token.position).trim();
        return pipe;
      }
      if (!startsOperand.has(token.type)) this.unexpected(token, context);
      this.at--;
      pipe.commands.push(this.command());
    }
  }

  private declarations(pipe: Pipe, context: string): void {
    for (;;) {
      const variable = this.peekNonSpace();
      if (variable.type !== 'variable') return;
      const back = this.at;
      this.nextNonSpace();
      const next = this.nextNonSpace();
      if (next.type === 'assign' || next.type === 'declare') {
        pipe.assigns = next.type === 'assign';
        pipe.variables.push(variable.value);
        this.variables.push(variable.value);
        return;
      }
      if (next.type !== 'char' || next.value !== ',') {
        this.at = back;
        return;
      }
      pipe.variables.push(variable.value);
      this.variables.push(variable.value);
      if (context !== 'range' || pipe.variables.length > 1) this.fail(`too many declarations in ${context}`, next);
      if (this.peekNonSpace().type !== 'variable') this.fail('range can only initialize variables', next);
    }
  }

  private checkPipeline(pipe: Pipe, context: string, token: Token): void {
    if (pipe.commands.length === 0) this.fail(`missing value for ${context}`, token);
    pipe.commands.slice(1).forEach((command, i) => {
      const kind = command.args[0]!.kind;
      if (kind === 'literal' || kind === 'dot' || kind === 'nil') this.fail(`non executable command in pipeline stage ${i + 2}`, token);
    });
  }

  private command(): Command {
    const first = this.peekNonSpace();
    const args: Expression[] = [];
    let end = first;
    for (;;) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand) args.push(operand);
      const token = this.next();
      end = token;
      if (token.type === 'space') continue;
      if (token.type === 'right' || token.type === 'rightParen') this.at--;
      else if (token.type !== 'pipe') this.unexpected(token, 'operand');
      break;
    }
    if (args.length === 0) this.fail('empty command', end);
    return { position: first.position, source: this.text.slice(first.position, end.position).trim(), args };
  }

  private operand(): Expression | undefined {
    const node = this.term();
    if (!node) return undefined;
    const names: string[] = [];
    const position = this.tokens[this.at]!.position;
    while (this.tokens[this.at]!.type === 'field') names.push(this.next().value.slice(1));
    if (names.length === 0) return node;
    const source = node.source + names.map((name) => `.${name}`).join('');
    switch (node.kind) {
      case 'field':
      case 'variable':
        return { ...node, position, source, names: [...node.names, ...names] };
      case 'literal':
      case 'nil':
      case 'dot':
        return this.fail(`unexpected . after term ${quote(node.source)}`, this.tokens[this.at]!);
      default:
        return { kind: 'chain', position, source, inner: node, names };
    }
  }

  private term(): Expression | undefined {
    const token = this.nextNonSpace();
    const { position, value: source } = token;
    switch (token.type) {
      case 'identifier':
        if (!this.hasFunction(source)) this.fail(`function ${quote(source)} not defined`, token);
        return { kind: 'function', position, source, name: source };
      case 'dot':
        return { kind: 'dot', position, source };
      case 'nil':
        return { kind: 'nil', position, source };
      case 'variable':
        if (!this.variables.includes(source)) this.fail(`undefined variable ${quote(source)}`, token);
        return { kind: 'variable', position, source, name: source, names: [] };
      case 'field':
        return { kind: 'field', position, source, names: [source.slice(1)] };
      case 'bool':
        return { kind: 'literal', position, source, value: source === 'true' };
      case 'number':
        return { kind: 'literal', position, source, value: numberLiteral(source) };
      case 'charConstant':
        if (Array.from(unquote(source)).length !== 1) this.fail(`malformed character constant: ${source}`, token);
        return { kind: 'literal', position, source, value: runeLiteral(source) };
      case 'string':
      case 'rawString':
        return { kind: 'literal', position, source, value: unquote(source) };
      case 'leftParen': {
        const pipe = this.pipeline('parenthesized pipeline', 'rightParen');
        return { kind: 'pipe', position, source: `(${pipe.source})`, pipe };
      }
      default:
        this.at--;
        return undefined;
    }
  }

  private next(): Token {
    return this.tokens[this.at < this.tokens.length ? this.at++ : this.tokens.length - 1]!;
  }

  private nextNonSpace(): Token {
    while (this.tokens[this.at]?.type === 'space') this.at++;
    return this.next();
  }

  private peekNonSpace(): Token {
    while (this.tokens[this.at]?.type === 'space') this.at++;
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  private expect(type: Token['type'], context: string): void {
    const token = this.nextNonSpace();
    if (token.type !== type) this.unexpected(token, context);
  }

  private unexpected(token: Token, context: string): never {
    if (token.type === 'error') this.fail(token.value, token);
    return this.fail(`unexpected ${describe(token)} in ${context}`, token);
  }

  private fail(message: string, token: Token): never {
    throw new TemplateSyntaxError(`template: ${this.name}:${token.line}: ${message}`);
  }
}

const startsOperand = new Set<Token['type']>([
  'bool',
  'charConstant',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

function describe(token: Token): string {
  if (token.type === 'eof') return 'EOF';
  if (token.type === 'keyword' || token.type === 'dot' || token.type === 'nil') return `<${token.value}>`;
  return token.value.length > 10 ? `${quote(token.value.slice(0, 10))}...` : quote(token.value);
}
