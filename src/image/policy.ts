import type { ImageReference, ImageSource } from './transport.ts';

export type PolicyRequirement = { readonly type: string } & Readonly<Record<string, unknown>>;

/** policy.json, parsed and checked. */
export interface Policy {
  readonly default: readonly PolicyRequirement[];
  readonly transports: Readonly<Record<string, Readonly<Record<string, readonly PolicyRequirement[]>>>>;
}

/** Who asks for an image to be allowed. */
export interface PolicySubject {
  readonly reference: ImageReference;
  readonly source: ImageSource;
}
