import type { Flag } from '../flag.ts';
import { type Answer, nothing, ordinary, wordsOf } from './answer.ts';
import { values } from './fixed-values.ts';
import { type Place, valuesFor } from './values.ts';

/** What may be the value of a flag: its choices, what its completer finds, else what flags of that name take. */
export async function flagValues(name: string, flag: Flag, prefix: string, place: Place): Promise<Answer> {
  if (flag.kind === 'bool' || flag.kind === 'optionalBool') return wordsOf(['true', 'false'], prefix);
  if (flag.choices) return wordsOf(flag.choices, prefix);
  if (flag.complete && flag.complete !== 'none') return valuesFor(flag.complete, prefix, place);
  const command = place.words.join(' ');
  if (name === 'format') return (await import('./template-fields.ts')).formats(command, prefix, place.program);
  if (name === 'filter') return (await import('./filters.ts')).filters(command, prefix, place);
  const fixed = values[`${command} ${name}`] ?? values[name];
  if (fixed) return fixed(prefix);
  if (flag.kind === 'string' || flag.kind === 'strings' || flag.kind === 'stringArray')
    return place.program === 'podman' ? nothing : ordinary;
  return nothing;
}
