import { Digester, digestAlgorithm } from './digest.ts';
import { DigestMismatch, InvalidManifest } from './errors.ts';
import { configLimit, type ImageManifest } from './manifest.ts';
import type { ImageSource } from './transport.ts';

/** The config, verified. @throws DigestMismatch, InvalidManifest */
export async function readConfig(source: ImageSource, manifest: ImageManifest): Promise<Uint8Array> {
  const { digest, size } = manifest.config!;
  if (size > configLimit) throw new InvalidManifest(`config of ${size} bytes exceeds the limit of ${configLimit}`);
  const blob = await source.blob(manifest.config!);
  const digester = new Digester(digestAlgorithm(digest));
  const chunks: Uint8Array[] = [];
  for await (const chunk of blob.stream()) {
    digester.update(chunk);
    if (digester.bytes > configLimit) throw new InvalidManifest(`config of more than ${configLimit} bytes exceeds the limit`);
    chunks.push(Uint8Array.prototype.slice.call(chunk));
  }
  const actual = digester.digest();
  if (actual !== digest) throw new DigestMismatch(digest, actual, 'config');
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
