/**
 * The root of every error that selkie raises on purpose. Anything else that reaches the command line is a bug.
 * `exitCode` is what the process exits with: 125 ours, 126 cannot be run, 127 not found.
 */
export class SelkieError extends Error {
  readonly exitCode: number = 125;

  constructor(message: string, options?: ErrorOptions & { exitCode?: number }) {
    super(message, options);
    this.name = new.target.name;
    if (options?.exitCode !== undefined) this.exitCode = options.exitCode;
  }
}

/** A flag or command that the real tool has and selkie does not do yet. */
export class NotYet extends SelkieError {
  constructor(what: string) {
    super(`${what} is not available in selkie yet`);
  }
}
