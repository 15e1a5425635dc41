import { InvalidKube } from './errors.ts';

const suffixes: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity of Kubernetes, such as `500m`, `64Mi` or `1e3`. @throws InvalidKube */
export function parseQuantity(value: string | number | undefined): number {
  if (value === undefined || value === null) return 0;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(value).trim());
  const factor = suffixes[match?.[2] ?? '?'];
  if (!match || factor === undefined)
    throw new InvalidKube(`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': ${value}`);
  return Number(match[1]) * factor;
}
