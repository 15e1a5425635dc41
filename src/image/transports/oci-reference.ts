import { InvalidImageName } from '../errors.ts';
import type { ImageDestination, ImageReference, ImageSource, TransportOptions } from '../transport.ts';
import { pathScopes, resolvedPath } from './path-scopes.ts';

const namePattern = /^[A-Za-z0-9]+(?:(?:-+|[._:@+]|--|\/)[A-Za-z0-9]+)*$/;

/** `PATH[:NAME|:@INDEX]`, as oci: and oci-archive: share it. */
export interface LayoutName {
  readonly path: string;
  /** The value of `org.opencontainers.image.ref.name`. */
  readonly image?: string;
  /** Position in the index. */
  readonly index?: number;
}

/** @throws InvalidImageName */
export function parseLayoutName(name: string, text: string): LayoutName {
  const colon = name.indexOf(':');
  const path = colon < 0 ? name : name.slice(0, colon);
  const image = colon < 0 ? '' : name.slice(colon + 1);
  if (path === '') throw new InvalidImageName(text, `invalid image name ${JSON.stringify(text)}: the path is missing`);
  if (image === '') return { path };
  const index = /^@(-?\d+)$/.exec(image);
  if (index) {
    if (index[1]!.startsWith('-')) throw new InvalidImageName(text, `Invalid source index @${index[1]}: must not be negative`);
    return { path, index: Number(index[1]) };
  }
  if (image.startsWith('@'))
    throw new InvalidImageName(
      text,
      `Invalid source index ${image}, not an integer: strconv.Atoi: parsing ${JSON.stringify(image.slice(1))}: invalid syntax`,
    );
  if (!namePattern.test(image)) throw new InvalidImageName(text, `Invalid image ${image}`);
  return { path, image };
}

export function formatLayoutName({ path, image, index }: LayoutName): string {
  return index === undefined ? `${path}${image === undefined ? '' : `:${image}`}` : `${path}:@${index}`;
}

/** An image of an OCI image layout, a directory. */
export class OciReference implements ImageReference {
  readonly transport = 'oci';
  readonly name: string;

  constructor(readonly layout: LayoutName) {
    this.name = formatLayoutName(layout);
  }

  get policyScopes(): string[] {
    const { path, image } = this.layout;
    return [...(image === undefined ? [] : [`${resolvedPath(path)}:${image}`]), ...pathScopes(path)];
  }

  async openSource(options: TransportOptions): Promise<ImageSource> {
    const { openOciSource } = await import('./oci.ts');
    return openOciSource(this, options);
  }

  async openDestination(options: TransportOptions): Promise<ImageDestination> {
    const { openOciDestination } = await import('./oci.ts');
    return openOciDestination(this, options);
  }

  async delete(options: TransportOptions): Promise<void> {
    const { deleteFromLayout } = await import('./oci-delete.ts');
    deleteFromLayout(this.layout, options.sharedBlobDir);
  }
}
