import { SelkieError } from '../../errors.ts';

/** A signature that does not count, with the reason. */
export class InvalidSignature extends SelkieError {}

/** A signature that cannot be made. */
export class SigningError extends SelkieError {}
