import { InvalidImageName } from './errors.ts';
import type { ImageReference } from './transport.ts';
import { parseDockerName } from './transports/docker-reference.ts';

type Parser = (name: string, text: string) => ImageReference;

/** Each transport is loaded when a name asks for it: most commands name one or two. */
const transports: Readonly<Record<string, () => Parser>> = {
  docker: () => parseDockerName,
  oci: () => {
    const { OciReference, parseLayoutName } = require('./transports/oci-reference.ts') as typeof import('./transports/oci-reference.ts');
    return (name, text) => new OciReference(parseLayoutName(name, text));
  },
  dir: () => (require('./transports/dir.ts') as typeof import('./transports/dir.ts')).parseDirName,
  'docker-archive': () =>
    (require('./transports/docker-archive-reference.ts') as typeof import('./transports/docker-archive-reference.ts'))
      .parseDockerArchiveName,
  'oci-archive': () =>
    (require('./transports/oci-archive-reference.ts') as typeof import('./transports/oci-archive-reference.ts')).parseOciArchiveName,
  'docker-daemon': () =>
    (require('./transports/docker-daemon-reference.ts') as typeof import('./transports/docker-daemon-reference.ts')).parseDaemonName,
  'containers-storage': () =>
    (require('./transports/containers-storage-reference.ts') as typeof import('./transports/containers-storage-reference.ts'))
      .parseStorageName,
  tarball: () => (require('./transports/tarball-reference.ts') as typeof import('./transports/tarball-reference.ts')).parseTarballName,
};

function parserOf(transport: string): Parser | undefined {
  if (Object.hasOwn(transports, transport)) return transports[transport]!();
  const { unsupported } = require('./transports/unsupported-reference.ts') as typeof import('./transports/unsupported-reference.ts');
  return Object.hasOwn(unsupported, transport) ? unsupported[transport] : undefined;
}

/** Parses `transport:name`. Nothing is opened. @throws InvalidImageName, InvalidReference */
export function parseImageName(text: string): ImageReference {
  const colon = text.indexOf(':');
  if (colon < 0)
    throw new InvalidImageName(text, `Invalid image name ${JSON.stringify(text)}, expected colon-separated transport:reference`);
  const parse = parserOf(text.slice(0, colon));
  if (!parse)
    throw new InvalidImageName(
      text,
      `Invalid image name ${JSON.stringify(text)}, unknown transport ${JSON.stringify(text.slice(0, colon))}`,
    );
  return parse(text.slice(colon + 1), text);
}
