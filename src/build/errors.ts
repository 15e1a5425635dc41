import { SelkieError } from '../errors.ts';

/** A Containerfile that cannot be read; `line` is 1-based. */
export class ContainerfileError extends SelkieError {
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(line === undefined ? message : `${message} (line ${line})`);
  }
}

/** A step that failed. The exit code is the command's own where one ran. */
export class BuildStepError extends SelkieError {
  constructor(
    readonly step: string,
    cause: Error,
  ) {
    super(`building at STEP "${step}": ${cause.message}`, { cause, exitCode: cause instanceof SelkieError ? cause.exitCode : 125 });
  }
}

/** A RUN command that ended with a status other than 0. */
export class RunFailed extends SelkieError {
  constructor(readonly status: number) {
    super(`while running runtime: exit status ${status}`, { exitCode: status });
  }
}

/** A COPY of which ignore rules leave nothing. @param glob the source as it was looked for */
export const nothingCopied = (glob: string, count: number, ignoreFile: string | undefined): ContainerfileError =>
  new ContainerfileError(
    `no items matching glob ${JSON.stringify(glob)} copied (${count} filtered out${ignoreFile ? ` using ${ignoreFile}` : ''}): no such file or directory`,
  );
