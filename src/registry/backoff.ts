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

export interface RetryOptions {
  /** Further tries after the first. */
  readonly times: number;
  /** Milliseconds between tries; undefined: one second where the connection was refused, else 2, 4, 8 … */
  readonly delay?: number;
  readonly signal?: AbortSignal;
  /** Told before each wait. */
  readonly onRetry?: (error: Error, attempt: number, delay: number) => void;
}

/** Does something again as long as it fails for reasons that may pass. */
export async function withRetries<T>(operation: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      const cause = rootCause(error);
      if (attempt > options.times || !mayPass(cause)) throw error;
      const refused = cause instanceof RegistryUnreachable && cause.code === 'ECONNREFUSED';
      const delay = options.delay ?? (refused ? 1000 : Math.min(2 ** attempt * 1000, maximumDelay));
      options.onRetry?.(error as Error, attempt, delay);
      await pause(delay, options.signal);
    }
  }
}

/** The registry's or the connection's error under those that only say what was being done. */
export function rootCause(error: unknown): unknown {
  let current = error;
  while (
    current instanceof Error &&
    !(current instanceof RegistryError) &&
    !(current instanceof RegistryUnreachable) &&
    current.cause instanceof Error
  )
    current = current.cause;
  return current;
}
