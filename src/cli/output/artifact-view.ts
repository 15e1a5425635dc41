import { type Artifact, artifactSize } from '../../artifact/artifact.ts';
import { asMap } from './template/values.ts';

/** An artifact as `inspect` shows it; templates may ask for its size too. */
export class ArtifactView {
  readonly Manifest: object;
  readonly Name: string;
  readonly Digest: string;
  readonly #artifact: Artifact;

  constructor(artifact: Artifact) {
    this.#artifact = artifact;
    this.Name = artifact.name;
    this.Digest = artifact.digest;
    this.Manifest = manifestView(artifact.manifest);
  }

  get TotalSizeBytes(): number {
    return artifactSize(this.#artifact);
  }

  get GetName(): string {
    return this.Name;
  }

  get GetDigest(): string {
    return this.Digest;
  }

  toJSON(): object {
    return { Manifest: this.#artifact.manifest, Name: this.Name, Digest: this.Digest };
  }
}

/** The manifest under the names that its fields have in templates. */
function manifestView({ schemaVersion, mediaType, artifactType, config, layers, subject, annotations }: Readonly<Record<string, unknown>>) {
  return {
    SchemaVersion: schemaVersion,
    MediaType: mediaType ?? '',
    ArtifactType: artifactType ?? '',
    Config: descriptorView(config),
    Layers: Array.isArray(layers) ? layers.map(descriptorView) : [],
    Subject: subject === undefined ? null : descriptorView(subject),
    Annotations: asMap(annotations ?? {}),
  };
}

function descriptorView(descriptor: unknown): object {
  const { mediaType, digest, size, urls, annotations, data, artifactType } = descriptor as Readonly<Record<string, unknown>>;
  return {
    MediaType: mediaType ?? '',
    Digest: digest,
    Size: size,
    URLs: urls ?? [],
    Annotations: asMap(annotations ?? {}),
    Data: data ?? '',
    ArtifactType: artifactType ?? '',
  };
}
