import { SelkieError } from '../../errors.ts';
import type { CompressionFormat } from '../../image/copy.ts';
import { dockerManifest, dockerSigned, ociManifest } from '../../image/media-types.ts';
import type { PushOptions } from '../../image/pull-options.ts';

/** --format of push: the manifest type to send. @throws SelkieError */
export function toManifestType(format: string, choices = "'oci', 'v2s1', or 'v2s2'"): string | undefined {
  switch (format) {
    case '':
      return undefined;
    case 'oci':
      return ociManifest;
    case 'v2s1':
      if (choices.includes('v2s1')) return dockerSigned;
      break;
    case 'v2s2':
    case 'docker':
      return dockerManifest;
  }
  const one = choices.includes('v2s1') ? 'on' : 'one';
  throw new SelkieError(`unknown format ${JSON.stringify(format)}. Choose ${one} of the supported formats: ${choices}`);
}

/**
 * How layers are to be compressed. A format that is asked for is forced, unless the flag says otherwise.
 * @param conf what holds where the flags say nothing
 */
export function toCompression(
  flags: { readonly 'compression-format'?: string; readonly 'compression-level'?: number; readonly 'force-compression'?: boolean },
  changed: (name: never) => boolean,
  conf: { readonly compression_format?: string; readonly compression_level?: number | undefined } = {},
): Pick<PushOptions, 'compressionFormat' | 'compressionLevel' | 'forceCompression'> {
  const given = changed as (name: string) => boolean;
  const format = given('compression-format') ? flags['compression-format'] : '';
  const force = given('force-compression') ? flags['force-compression'] : Boolean(format);
  const named = format || conf.compression_format;
  const level = given('compression-level') ? flags['compression-level'] : conf.compression_level;
  return {
    ...(named ? { compressionFormat: toFormat(named) } : {}),
    ...(level === undefined ? {} : { compressionLevel: level }),
    ...(force ? { forceCompression: true } : {}),
  };
}

/** @throws SelkieError */
export function toFormat(text: string): 'gzip' | 'zstd' | 'zstd:chunked' {
  if (text === 'gzip' || text === 'zstd' || text === 'zstd:chunked') return text;
  throw new SelkieError(`cannot find compressor for ${JSON.stringify(text)}`);
}

/** A value of --add-compression. @throws SelkieError */
export function toReplicaFormat(format: string): CompressionFormat {
  if (format === 'gzip' || format === 'zstd' || format === 'zstd:chunked') return toFormat(format);
  throw new SelkieError(
    `requested algorithm ${format} is not supported for replication: cannot find compressor for ${JSON.stringify(format)}`,
  );
}
