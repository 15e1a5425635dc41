import { SecretError, type SecretRecord } from './secret.ts';

/** The secrets that pass every `name=` and `id=` filter; of several values of a key one is enough. @throws SecretError */
export function filterSecrets(secrets: readonly SecretRecord[], filters: readonly string[]): SecretRecord[] {
  const groups = new Map<string, string[]>();
  for (const filter of filters) {
    const at = filter.indexOf('=');
    if (at < 0) throw new SecretError(`filter input must be in the form of filter=value: ${filter} is invalid`);
    const key = filter.slice(0, at);
    if (key !== 'name' && key !== 'id') throw new SecretError(`invalid filter "${key}"`);
    groups.set(key, [...(groups.get(key) ?? []), filter.slice(at + 1)]);
  }
  const names = groups.get('name')?.map((pattern) => new RegExp(pattern));
  const ids = groups.get('id');
  return secrets
    .filter(
      ({ name, id }) => (names?.some((pattern) => pattern.test(name)) ?? true) && (ids?.some((start) => id.startsWith(start)) ?? true),
    )
    .sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
}
