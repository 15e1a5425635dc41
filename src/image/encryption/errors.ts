import { SelkieError } from '../../errors.ts';

/** A key that cannot be used, or content that cannot be decrypted. */
export class EncryptionError extends SelkieError {}
