import type { OciSpec } from '../oci-spec.ts';

/** config.json's text. RLIM_INFINITY (2^64-1) is more than a number holds: it travels as 2^64 and is written exactly. */
export function serializeSpec(spec: OciSpec): string {
  return JSON.stringify(spec).replaceAll(':18446744073709552000', ':18446744073709551615');
}
