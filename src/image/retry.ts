import { warn } from '../diagnostics.ts';
import { RegistryError, RegistryUnreachable } from '../registry/errors.ts';

export interface RetryOptions {
  /** Further tries after the first. */
  retries: number;
  /** Milliseconds before each. */
  delay: number;
  signal?: AbortSignal;
}

/** Tries again what failed for reasons that pass: no connection, a server's own errors. */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= options.retries || options.signal?.aborted || !mayPass(error)) throw error;
      const shown = options.delay % 1000 === 0 ? `${options.delay / 1000}s` : `${options.delay}ms`;
      warn(`Failed, retrying in ${shown} ... (${tried + 1}/${options.retries}). Error: ${(error as Error).message}`);
      await pause(options.delay, options.signal);
    }
  }
}

function mayPass(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    // A name that cannot be looked up is not waited for, as Go's resolver calls it no timeout.
    if (cause instanceof RegistryUnreachable) return !cause.final && cause.code !== 'EAI_AGAIN';
    if (cause instanceof RegistryError) return cause.status >= 500 || cause.status === 429;
  }
  return false;
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
