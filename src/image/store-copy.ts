import { loadContainersConf } from '../config/containers-conf.ts';
import { parseGoDuration } from '../config/point-in-time.ts';
import { SelkieError } from '../errors.ts';
import { BlobInfoCache } from './blob-info-cache.ts';
import { type CopyOptions, type CopyResult, copyImage } from './copy.ts';
import type { EngineContext } from './engine-context.ts';
import { allowingLocalStores, loadPolicy } from './policy.ts';
import type { EngineCopyOptions } from './pull-options.ts';
import { withRetries } from './retry.ts';
import type { ImageReference, TransportOptions } from './transport.ts';

/** Copies with the engine's defaults, trying again as containers.conf or the caller says. */
export async function copyWithRetries(
  engine: Pick<EngineContext, 'options'>,
  source: ImageReference,
  destination: ImageReference,
  given: EngineCopyOptions,
  special: CopyOptions = {},
): Promise<CopyResult> {
  const options = { ...engine.options.copy, ...given };
  const places = transportOptions(options);
  const policy = loadPolicy(options.signaturePolicy);
  const copy: CopyOptions = {
    policy: source.transport === 'containers-storage' ? allowingLocalStores(policy) : policy,
    ...(options.removeSignatures === undefined ? {} : { removeSignatures: options.removeSignatures }),
    ...(options.signers ? { signers: options.signers } : {}),
    ...(options.encryption ? { encryption: options.encryption } : {}),
    ...(options.decryption ? { decryption: options.decryption } : {}),
    ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    blobInfo: new BlobInfoCache(),
    ...special,
    source: { ...places, ...special.source },
    destination: { ...places, ...special.destination },
  };
  return withRetries(() => copyImage(source, destination, copy), retryOptions(options));
}

function retryOptions(options: EngineCopyOptions): { retries: number; delay: number; signal?: AbortSignal } {
  const { engine } = loadContainersConf();
  return {
    retries: options.retries ?? engine.retry ?? 3,
    delay: options.retryDelay ?? configuredDelay(engine.retry_delay),
    ...(options.signal ? { signal: options.signal } : {}),
  };
}

function configuredDelay(text: string): number {
  if (text === '') return 1000;
  const delay = parseGoDuration(text);
  if (delay === undefined)
    throw new SelkieError(`failed to parse containers.conf retry_delay: time: invalid duration ${JSON.stringify(text)}`);
  return Number(delay / 1_000_000n);
}

export function transportOptions(options: EngineCopyOptions): TransportOptions {
  return {
    ...(options.authFile ? { authFile: options.authFile } : {}),
    ...(options.credentials ? { credentials: options.credentials } : {}),
    ...(options.tlsVerify === undefined ? {} : { tlsVerify: options.tlsVerify }),
    ...(options.certDir ? { certDir: options.certDir } : {}),
    ...(options.registriesConf ? { registriesConf: options.registriesConf } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  };
}
