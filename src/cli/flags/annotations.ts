import { SelkieError } from '../../errors.ts';

/** `key=value` texts as a map; a later one of the same key counts. @throws SelkieError for one without `=` */
export function toAnnotations(
  texts: readonly string[],
  wrong = (text: string) => `no value given for annotation ${JSON.stringify(text)}`,
): Record<string, string> {
  const annotations: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 0) throw new SelkieError(wrong(text));
    annotations[text.slice(0, at)] = text.slice(at + 1);
  }
  return annotations;
}
