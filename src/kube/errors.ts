import { SelkieError } from '../errors.ts';

/** A YAML file does not say what Kubernetes' objects are made of, or asks for what cannot be. */
export class InvalidKube extends SelkieError {}
