/** What a library has to say beside its result. The command line prints these; library users may subscribe. */
export type Level = 'debug' | 'info' | 'warning' | 'error' | 'progress';
/** Facts beside the message, such as `from` and `to` of a copy. */
export type Fields = Readonly<Record<string, string>>;
export type DiagnosticListener = (level: Level, message: string, fields?: Fields) => void;

let listener: DiagnosticListener | undefined;

/** Replaces the listener; without one, diagnostics are dropped. */
export function onDiagnostic(next: DiagnosticListener | undefined): void {
  listener = next;
}

export const debug = (message: string): void => listener?.('debug', message);
export const info = (message: string, fields?: Fields): void => listener?.('info', message, fields);
export const warn = (message: string, fields?: Fields): void => listener?.('warning', message, fields);
/** How far something long has come; each message takes the place of the one before, an empty one ends it. */
export const progress = (message: string): void => listener?.('progress', message);
export const reportError = (message: string, fields?: Fields): void => listener?.('error', message, fields);
