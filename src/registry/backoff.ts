import { RegistryError, RegistryUnreachable } from './errors.ts';

const maximumDelay = 60_000;

/** Milliseconds that a `Retry-After` header asks for, in seconds or as a date; undefined where it cannot be read. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Math.min(Number(header) * 1000, maximumDelay);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(date - now, 0), maximumDelay);
}

/** Waits, unless the signal says to stop. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const stop = (): void => reject(signal!.reason as Error);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** Whether the same request may succeed a little later. */
export function mayPass(error: unknown): boolean {
  if (error instanceof RegistryUnreachable) return !error.final;
  if (error instanceof RegistryError) return error.status === 429 || error.status >= 500;
  return false;
}
