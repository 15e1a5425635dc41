/**
 * Writes dist/hello.tar: an oci-archive of the system's static busybox with a greeting, so that a fresh build has an image to run
 * where no registry can be reached. The same busybox gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

const epoch = new Date(0);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Entry = Pick<Header, 'name'> & Partial<Header>;

async function tar(entries: [Entry, (string | Uint8Array)?][]): Promise<Buffer> {
  const archive = pack();
  for (const [header, content] of entries) {
    archive.entry({ mtime: epoch, uid: 0, gid: 0, ...header }, Buffer.from(content ?? ''));
  }
  archive.finalize();
  return Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Buffer>));
}

const greeting = `#!/bin/sh
echo "Hello from a container."
echo "  process $$ on $(uname -s) $(uname -r), user $(id -un), hostname $(hostname)"
echo "  started by selkie: no daemon, the store is containers/storage, so podman sees this image too"
`;

const directory = (name: string, mode = 0o755): [Entry] => [{ name: `${name}/`, type: 'directory', mode }];
const applets = [
  'sh',
  'cat',
  'echo',
  'env',
  'false',
  'hostname',
  'id',
  'ip',
  'kill',
  'ls',
  'mount',
  'mkdir',
  'ps',
  'rm',
  'sleep',
  'touch',
  'true',
  'uname',
  'vi',
  'wget',
];

/** Builds the archive at `path`. @throws when busybox is missing or not static. */
export async function makeHelloImage(path: string, busybox = '/bin/busybox'): Promise<void> {
  const layer = await tar([
    directory('bin'),
    [{ name: 'bin/busybox', mode: 0o755 }, readFileSync(busybox)],
    ...applets.map((name): [Entry] => [{ name: `bin/${name}`, type: 'symlink', linkname: 'busybox', mode: 0o777 }]),
    directory('etc'),
    [{ name: 'etc/passwd', mode: 0o644 }, 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'],
    [{ name: 'etc/group', mode: 0o644 }, 'root:x:0:\nnobody:x:65534:\n'],
    [{ name: 'hello', mode: 0o755 }, greeting],
    directory('root', 0o700),
    directory('tmp', 0o1777),
  ]);
  const blob = gzipSync(layer, { level: 9 });
  const config = Buffer.from(
    JSON.stringify({
      created: epoch.toISOString(),
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Env: ['PATH=/bin'], Cmd: ['/hello'], WorkingDir: '/' },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created: epoch.toISOString(), created_by: 'busybox-static and a greeting' }],
    }),
  );
  const describe = (mediaType: string, bytes: Uint8Array) => ({ mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.length });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: describe('application/vnd.oci.image.config.v1+json', config),
      layers: [describe('application/vnd.oci.image.layer.v1.tar+gzip', blob)],
    }),
  );
  const index = JSON.stringify({
    schemaVersion: 2,
    manifests: [
      {
        ...describe('application/vnd.oci.image.manifest.v1+json', manifest),
        annotations: { 'org.opencontainers.image.ref.name': 'localhost/selkie/hello:latest' },
      },
    ],
  });
  const archive = await tar([
    [{ name: 'oci-layout' }, JSON.stringify({ imageLayoutVersion: '1.0.0' })],
    [{ name: 'index.json' }, index],
    directory('blobs'),
    directory('blobs/sha256'),
    ...[blob, config, manifest].map((bytes): [Entry, Uint8Array] => [{ name: `blobs/sha256/${sha256(bytes)}` }, bytes]),
  ]);
  await pipeline([archive], createWriteStream(path));
}

if (import.meta.main) await makeHelloImage(process.argv[2] ?? 'dist/hello.tar');
