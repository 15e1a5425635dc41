import { InvalidOption } from '../create-errors.ts';
import { parseInteger } from './numbers.ts';

/** `--restart POLICY[:RETRIES]`. */
export function parseRestartPolicy(text: string): { policy: string; retries: number } {
  const [policy = '', retries, ...more] = text.split(':');
  if (more.length > 0) throw new InvalidOption('invalid restart policy: may specify retries at most once');
  if (retries === undefined) return { policy: policy.toLowerCase() === 'never' ? 'no' : policy, retries: 0 };
  if (policy.toLowerCase() !== 'on-failure')
    throw new InvalidOption('restart policy retries can only be specified with on-failure restart policy');
  let count: number;
  try {
    count = parseInteger(retries);
  } catch (error) {
    throw new InvalidOption(`parsing restart policy retry count: ${(error as Error).message}`, { cause: error });
  }
  if (count < 0) throw new InvalidOption('must specify restart policy retry count as a number greater than 0');
  return { policy, retries: count };
}
