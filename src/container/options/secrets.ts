import { InvalidOption } from '../create-errors.ts';
import type { SecretChoice } from '../create-options.ts';
import { cut } from './cut.ts';
import { parseUint } from './numbers.ts';

const fail = (text: string) => new InvalidOption(`${text}: parsing secret`);

/** `--secret NAME[,type=mount|env,target=,mode=,uid=,gid=]`: files, and variables by the name they get. */
export function parseSecrets(values: string[]): { mounts: SecretChoice[]; env: Record<string, string> } {
  const mounts: SecretChoice[] = [];
  const env: Record<string, string> = {};
  for (const value of values) {
    const parts = value.split(',');
    const secret: SecretChoice = { source: '', target: '', uid: 0, gid: 0, mode: 0o444 };
    if (parts.length === 1) {
      mounts.push({ ...secret, source: value });
      continue;
    }
    let mountOnly = false;
    let type = '';
    if (!(parts[0] ?? '').includes('=')) secret.source = parts.shift() ?? '';
    for (const part of parts) {
      const [name, text] = cut(part, '=');
      if (text === undefined) throw fail(`option ${part} must be in form option=value`);
      switch (name) {
        case 'source':
          secret.source = text;
          break;
        case 'type':
          if (type !== '') throw fail('cannot set more than one secret type');
          if (text !== 'mount' && text !== 'env') throw fail(`type ${text} is invalid`);
          type = text;
          break;
        case 'target':
          secret.target = text;
          break;
        case 'mode':
          mountOnly = true;
          secret.mode = number(`mode ${text}`, text, 8);
          break;
        case 'uid':
        case 'UID':
          mountOnly = true;
          secret.uid = number(`UID ${text}`, text, 10);
          break;
        case 'gid':
        case 'GID':
          mountOnly = true;
          secret.gid = number(`GID ${text}`, text, 10);
          break;
        default:
          throw fail(`option ${part} invalid`);
      }
    }
    if (secret.source === '') throw fail(`no source found ${value}`);
    if (type !== 'env') mounts.push(secret);
    else if (mountOnly) throw fail('UID, GID, Mode options cannot be set with secret type env');
    else env[secret.target || secret.source] = secret.source;
  }
  return { mounts, env };
}

function number(what: string, text: string, base: 8 | 10): number {
  try {
    return parseUint(text, 32, base);
  } catch {
    throw fail(`${what} invalid`);
  }
}
