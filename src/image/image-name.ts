import { InvalidImageName } from './errors.ts';
import type { ImageReference } from './transport.ts';
import { parseStorageName } from './transports/containers-storage-reference.ts';
import { DirReference } from './transports/dir-reference.ts';
import { parseDockerArchiveName } from './transports/docker-archive-reference.ts';
import { parseDaemonName } from './transports/docker-daemon-reference.ts';
import { parseDockerName } from './transports/docker-reference.ts';
import { parseOciArchiveName } from './transports/oci-archive-reference.ts';
import { OciReference, parseLayoutName } from './transports/oci-reference.ts';
import { parseTarballName } from './transports/tarball-reference.ts';
import { unsupported } from './transports/unsupported-reference.ts';

type Parser = (name: string, text: string) => ImageReference;

const transports: Readonly<Record<string, Parser>> = {
  docker: parseDockerName,
  oci: (name, text) => new OciReference(parseLayoutName(name, text)),
  dir: (name, text) => {
    if (name === '') throw new InvalidImageName(text, `invalid image name ${JSON.stringify(text)}: the path is missing`);
    return new DirReference(name);
  },
  'docker-archive': parseDockerArchiveName,
  'oci-archive': parseOciArchiveName,
  'docker-daemon': parseDaemonName,
  'containers-storage': parseStorageName,
  tarball: parseTarballName,
};

const parserOf = (transport: string): Parser | undefined =>
  [transports, unsupported].find((table) => Object.hasOwn(table, transport))?.[transport];

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
