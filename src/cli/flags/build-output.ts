import type { BuildOutput } from '../../build/build-options.ts';
import { SelkieError } from '../../errors.ts';

/** --output: a directory, `type=local|tar,dest=PATH`, or `-` for a tar on standard output. @throws SelkieError */
export function toBuildOutput(text: string): BuildOutput {
  if (text === '-') return { kind: 'tar' };
  if (!text.includes(',')) return { kind: 'directory', path: text };
  const quoted = JSON.stringify(text);
  const fields = new Map<string, string>();
  for (const option of text.split(',')) {
    const [key = '', value] = option.split(/=(.*)/s);
    if (value === undefined) throw new SelkieError(`invalid build output options ${quoted}, expected format key=value`);
    if (!['type', 'dest'].includes(key))
      throw new SelkieError(`unrecognized key ${JSON.stringify(key)} in build output option: ${JSON.stringify(key)}`);
    if (fields.get(key)) throw new SelkieError(`duplicate ${JSON.stringify(key)} not supported`);
    if (key === 'type' && !['local', 'tar'].includes(value))
      throw new SelkieError(`invalid type ${JSON.stringify(value)} selected for build output options ${quoted}`);
    fields.set(key, value);
  }
  const type = fields.get('type');
  const dest = fields.get('dest');
  if (!type || !dest) throw new SelkieError(`invalid build output option ${quoted}, accepted keys are "type" and "dest" must be present`);
  if (dest === '-' && type === 'local')
    throw new SelkieError(`invalid build output option ${quoted}, "type=local" can not be used with "dest=-"`);
  return { kind: type === 'tar' ? 'tar' : 'directory', ...(dest === '-' ? {} : { path: dest }) };
}
