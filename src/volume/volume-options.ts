import { InvalidVolume } from './volume.ts';

export interface ParsedVolumeOptions {
  options: Record<string, string>;
  uid?: number;
  gid?: number;
  /** Seconds that a driver has for its work. */
  timeout?: number;
}

/** `--opt` of volume create: uid and gid within `o` become the volume's owner; sizes are kept as options. */
export function parseVolumeOptions(given: Record<string, string>): ParsedVolumeOptions {
  const parsed: ParsedVolumeOptions = { options: {} };
  for (const [key, value] of Object.entries(given)) {
    if (key !== 'o') {
      parsed.options[key] = value;
      continue;
    }
    const kept: string[] = [];
    for (const option of value.split(',')) {
      const equals = option.indexOf('=');
      const name = (equals < 0 ? option : option.slice(0, equals)).toLowerCase();
      const text = equals < 0 ? undefined : option.slice(equals + 1);
      switch (name) {
        case 'size':
        case 'inodes':
          if (!/^[0-9.]+ ?[a-zA-Z]*$/.test(text ?? ''))
            throw new InvalidVolume(`cannot convert ${name} ${text ?? ''} to integer: invalid size: '${text ?? ''}'`);
          parsed.options[name.toUpperCase()] = text ?? '';
          kept.push(option);
          break;
        case 'uid':
        case 'gid': {
          const upper = name.toUpperCase();
          if (text === undefined) throw new InvalidVolume(`${name} option must provide a ${upper}: invalid argument`);
          if (!/^[0-9]+$/.test(text))
            throw new InvalidVolume(
              `cannot convert ${upper} ${text} to integer: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
            );
          if (name === 'uid') parsed.uid = Number(text);
          else parsed.gid = Number(text);
          parsed.options[upper] = text;
          kept.push(option);
          break;
        }
        case 'noquota':
          parsed.options['NOQUOTA'] = 'true';
          break;
        case 'timeout':
          if (text === undefined) throw new InvalidVolume('timeout option must provide a valid timeout in seconds: invalid argument');
          if (!/^[+-]?[0-9]+$/.test(text))
            throw new InvalidVolume(
              `cannot convert Timeout ${text} to an integer: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
            );
          parsed.timeout = Number(text);
          break;
        default:
          kept.push(option);
      }
    }
    if (kept.length > 0) parsed.options['o'] = kept.join(',');
  }
  return parsed;
}
