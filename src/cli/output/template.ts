import { SelkieError } from '../../errors.ts';
import { execute, TemplateExecutionError } from './template/execute.ts';
import { templateFunctions } from './template/functions.ts';
import { TemplateSyntaxError } from './template/lexer.ts';
import { parse } from './template/parser.ts';

export { asMap, GoFloat, named } from './template/values.ts';

/** A `--format` that cannot be read or carried out; the text is Go's. */
export class TemplateError extends SelkieError {}

/** A Go text/template with podman's functions, ready to be executed on any number of values. */
export interface Template {
  /** @throws TemplateError */
  execute(data: unknown): string;
}

/**
 * Parses a Go template. Values stand for Go's: objects are structs (a field that is missing is an error), `Map`s and objects given to
 * `asMap` are maps; `null` prints as `<nil>`, `undefined` as `<no value>`.
 * @param name what errors call the template  @throws TemplateError
 */
export function parseTemplate(name: string, text: string): Template {
  const definitions = translate(() => parse(name, text, (wanted) => Object.hasOwn(templateFunctions, wanted)));
  return { execute: (data) => translate(() => execute(name, text, definitions, data)) };
}

function translate<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof TemplateSyntaxError || error instanceof TemplateExecutionError)
      throw new TemplateError(error.message, { cause: error });
    throw error;
  }
}
