import { GoFloat } from './values.ts';

/** The value of a Go string literal, quoted or raw. */
export function unquote(source: string): string {
  if (source.startsWith('`')) return source.slice(1, -1).replaceAll('\r', '');
  return interpret(source.slice(1, -1));
}

/** The code point that a character constant stands for. */
export function runeLiteral(source: string): number {
  return interpret(source.slice(1, -1)).codePointAt(0) ?? 0;
}

export function numberLiteral(source: string): unknown {
  const text = source.replaceAll('_', '');
  if (/^[+-]?0[xXbBoO]/.test(text)) return integer(text.replace(/^[+-]/, ''), text.startsWith('-'));
  if (/^[+-]?0[0-7]+$/.test(text)) return integer(`0o${text.replace(/^[+-]?0/, '')}`, text.startsWith('-'));
  if (/[.eE]/.test(text)) return Number.isInteger(Number(text)) ? new GoFloat(Number(text)) : Number(text);
  return integer(text.replace(/^[+-]/, ''), text.startsWith('-'));
}

function integer(digits: string, negative: boolean): number | bigint {
  const big = negative ? -BigInt(digits) : BigInt(digits);
  return Number.isSafeInteger(Number(big)) ? Number(big) : big;
}

const simple: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function interpret(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gs, (_, code: string) => {
    if (/^[xuU]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]{3}$/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8));
    return simple[code] ?? code;
  });
}
