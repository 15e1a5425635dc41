import { type Artifact, artifactSize } from '../../artifact/artifact.ts';
import { digestHex } from '../../image/digest.ts';
import { instantOf } from '../../image/instant.ts';
import { goTimeString } from './go-time.ts';
import { humanDuration, humanSize } from './units.ts';

/** A line of `artifact ls`. */
export class ArtifactRow {
  readonly Digest: string;
  readonly Repository: string;
  readonly Size: string;
  readonly Tag: string;
  readonly VirtualSize: string;
  readonly #created: string;

  constructor(artifact: Artifact, truncate: boolean) {
    const hex = digestHex(artifact.digest);
    const name = nameParts(artifact.name);
    this.Digest = truncate ? hex.slice(0, 12) : hex;
    this.Repository = name.repository;
    this.Size = humanSize(artifactSize(artifact));
    this.Tag = name.tag;
    this.VirtualSize = String(artifactSize(artifact));
    const annotations = artifact.manifest['annotations'] as Record<string, string> | undefined;
    this.#created = annotations?.['org.opencontainers.image.created'] ?? '';
  }

  get Created(): string {
    if (this.#created === '') return '';
    return `${humanDuration(Date.now() - Number(instantOf(this.#created) / 1_000_000n))} ago`;
  }

  get CreatedAt(): string {
    return goTimeString(this.#created);
  }
}

/** The name as it was given, which need not be one that a registry takes. */
function nameParts(name: string): { repository: string; tag: string } {
  const [tagged = ''] = name.split('@', 1);
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  if (tagged === '') return { repository: '<none>', tag: '' };
  return colon < 0 ? { repository: tagged, tag: '' } : { repository: tagged.slice(0, colon), tag: tagged.slice(colon + 1) };
}
