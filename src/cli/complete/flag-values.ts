import type { Flag } from '../flag.ts';
import { type Answer, nothing, ordinary, wordsOf } from './answer.ts';
import { values } from './fixed-values.ts';
import { type Place, valuesFor } from './values.ts';

/** What may be the value of a flag: its choices, what its completer finds, else what flags of that name take. */
export async function flagValues(name: string, flag: Flag, prefix: string, place: Place): Promise<Answer> {
  if (flag.kind === 'bool' || flag.kind === 'optionalBool') return wordsOf(['true', 'false'], prefix);
  const command = place.words.join(' ');
  const own = values[`${canonical(command)} ${name}`];
  if (own) return own(prefix);
  if (prefix.startsWith('container:') && namespaces.includes(name)) return valuesFor('namespaceContainers', prefix, place);
  if (flag.choices) return wordsOf(flag.choices, prefix);
  if (flag.complete && flag.complete !== 'none') return valuesFor(flag.complete, prefix, place);
  if (name === 'format') return (await import('./template-fields.ts')).formats(command, prefix, place.program);
  if (name === 'filter') return (await import('./filters.ts')).filters(command, prefix, place);
  const fixed = values[name];
  if (fixed) return fixed(prefix);
  if (flag.kind === 'string' || flag.kind === 'strings' || flag.kind === 'stringArray')
    return place.program === 'podman' ? nothing : ordinary;
  return nothing;
}

const namespaces = ['cgroupns', 'ipc', 'pid', 'userns', 'uts'];

/** A command by the shortest of its names: `container create` completes as `run` does. */
function canonical(command: string): string {
  const short = command.replace(/^(container|image) (?!trust|scp)/, '');
  return short === 'create' ? 'run' : short === 'farm build' ? 'build' : short;
}
