export { humanDuration } from '../../image/human-duration.ts';

const decimal = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'] as const;
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'] as const;

/** A number of bytes in units of 1000, such as `7.34MB`. @param digits how many are significant */
export function humanSize(bytes: number, digits = 4): string {
  return inUnits(bytes, 1000, decimal, digits);
}

/** A number of bytes in units of 1024, such as `1.5MiB`. @param digits how many are significant */
export function bytesSize(bytes: number, digits = 4): string {
  return inUnits(bytes, 1024, binary, digits);
}

function inUnits(bytes: number, base: number, units: readonly string[], digits: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= base && unit < units.length - 1) {
    size /= base;
    unit++;
  }
  return `${significant(size, digits)}${units[unit]}`;
}

/** Go's `%.4g`. */
function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa, power] = value.toExponential(digits - 1).split('e') as [string, string];
    const shown = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${shown}e${power[0]}${power.slice(1).padStart(2, '0')}`;
  }
  return String(Number(value.toPrecision(digits)));
}
