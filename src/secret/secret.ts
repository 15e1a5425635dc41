import { SelkieError } from '../errors.ts';

/** A secret's record in secrets.json; the value is with its driver. */
export interface SecretRecord {
  name: string;
  id: string;
  labels?: Record<string, string>;
  metadata?: Record<string, string>;
  createdAt: string;
  updatedAt: string;
  driver: string;
  driverOptions: Record<string, string>;
}

export class NoSuchSecret extends SelkieError {
  constructor(
    readonly nameOrId: string,
    text = `no secret with name or id ${JSON.stringify(nameOrId)}`,
  ) {
    super(`${text}: no such secret`);
  }
}

export class SecretError extends SelkieError {}

export function validateSecretName(name: string): void {
  if (name === '' || name.length > 253 || /[,/=\0]/.test(name))
    throw new SecretError(
      `secret name ${JSON.stringify(name)} can not include '=', '/', ',', or the '\\0' (NULL) and be between 1 and 253 characters: invalid secret name`,
    );
}
