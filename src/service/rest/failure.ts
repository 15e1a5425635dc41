import { AmbiguousId, ContainerStopped, NameInUse, NoStoredContainer, NoSuchContainer, WrongState } from '../../container/errors.ts';
import { SelkieError } from '../../errors.ts';
import { isImageMissing } from '../../image/errors.ts';
import { ImageNotKnown, ImageUsedByContainer } from '../../image/image-errors.ts';
import { NetworkExists, NoSuchNetwork } from '../../network/errors.ts';
import { NoSuchPod } from '../../pod/errors.ts';
import { Unauthorized } from '../../registry/errors.ts';
import { NoSuchSecret } from '../../secret/secret.ts';
import { NoSuchVolume, VolumeExists, VolumeInUse } from '../../volume/volume.ts';
import { ApiError } from './exchange.ts';

/** What a request that failed is answered with: podman's ErrorModel. */
export interface Failure {
  cause: string;
  message: string;
  response: number;
}

const missing = [NoSuchContainer, NoStoredContainer, ImageNotKnown, NoSuchNetwork, NoSuchVolume, NoSuchSecret, NoSuchPod];
const conflicts = [WrongState, ContainerStopped, NameInUse, AmbiguousId, ImageUsedByContainer, NetworkExists, VolumeExists, VolumeInUse];

export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const text = error instanceof SelkieError ? message : `internal error: ${message}`;
  return { cause: text.slice(text.lastIndexOf(': ') + 1).trim(), message: text, response: statusOf(error) };
}

function statusOf(error: unknown): number {
  if (error instanceof ApiError) return error.status;
  if (error instanceof Unauthorized) return 401;
  if (missing.some((kind) => error instanceof kind) || isImageMissing(error)) return 404;
  return conflicts.some((kind) => error instanceof kind) ? 409 : 500;
}
