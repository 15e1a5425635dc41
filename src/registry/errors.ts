import { SelkieError } from '../errors.ts';

/** Default texts of the distribution specification's error codes: where a registry sends just these, the code is left out. */
const defaultMessages: Record<string, string> = {
  UNKNOWN: 'unknown error',
  UNSUPPORTED: 'The operation is unsupported.',
  UNAUTHORIZED: 'authentication required',
  DENIED: 'requested access to the resource is denied',
  UNAVAILABLE: 'service unavailable',
  TOOMANYREQUESTS: 'too many requests',
  DIGEST_INVALID: 'provided digest did not match uploaded content',
  SIZE_INVALID: 'provided length did not match content length',
  NAME_INVALID: 'invalid repository name',
  TAG_INVALID: 'manifest tag did not match URI',
  NAME_UNKNOWN: 'repository name not known to registry',
  MANIFEST_UNKNOWN: 'manifest unknown',
  MANIFEST_INVALID: 'manifest invalid',
  MANIFEST_UNVERIFIED: 'manifest failed signature verification',
  MANIFEST_BLOB_UNKNOWN: 'blob unknown to registry',
  BLOB_UNKNOWN: 'blob unknown to registry',
  BLOB_UPLOAD_UNKNOWN: 'blob upload unknown to registry',
  BLOB_UPLOAD_INVALID: 'blob upload invalid',
};

/** A registry answered with a status that is not what was asked for. */
export class RegistryError extends SelkieError {
  constructor(
    message: string,
    readonly status: number,
    /** Code of the distribution specification, '' where the answer had none. */
    readonly code: string,
    readonly url: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** No answer: refused, cut, timed out, not trusted. Trying again may help, except where `final`. */
export class RegistryUnreachable extends SelkieError {
  constructor(
    message: string,
    readonly code: string,
    readonly final: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Wrong or missing credentials. */
export class Unauthorized extends RegistryError {}

/** What an unwanted answer says, in the words of the field's tools. */
export function registryError(status: number, url: string, body: string, challenge?: string): RegistryError {
  const [code, message] = describe(status, body, challenge);
  const Kind = status === 401 ? Unauthorized : RegistryError;
  return new Kind(message, status, code, url);
}

function describe(status: number, body: string, challenge: string | undefined): [code: string, message: string] {
  if (status === 401 && challenge !== undefined) {
    const named = /error="([^"]*)"/.exec(challenge)?.[1];
    if (named === 'invalid_token') return ['UNAUTHORIZED', 'unauthorized: authentication required'];
    if (named === 'insufficient_scope') return ['DENIED', 'requested access to the resource is denied'];
  }
  const first = firstError(body);
  if (first === undefined) {
    if (status === 401) return ['UNAUTHORIZED', 'authentication required'];
    if (status === 429) return ['TOOMANYREQUESTS', 'too many requests to registry'];
    const shown = body.length > 50 ? `${body.slice(0, 50)}...` : body;
    return ['', `StatusCode: ${status}, ${JSON.stringify(shown)}`];
  }
  const { code, message } = first;
  if (message === '' || message === defaultMessages[code]) return [code, defaultMessages[code] ?? code.toLowerCase()];
  return [code, `${code.toLowerCase().replaceAll('_', ' ')}: ${message}`];
}

function firstError(body: string): { code: string; message: string } | undefined {
  try {
    const parsed = JSON.parse(body) as { errors?: { code?: unknown; message?: unknown }[]; details?: unknown } | null;
    const first = parsed?.errors?.[0];
    if (first) return { code: String(first.code ?? 'UNKNOWN').toUpperCase(), message: String(first.message ?? '') };
    if (typeof parsed?.details === 'string') return { code: 'UNAUTHORIZED', message: parsed.details };
  } catch {
    // Not JSON: the caller shows the beginning of the text.
  }
  return undefined;
}
