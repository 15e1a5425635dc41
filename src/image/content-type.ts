import { extname } from 'node:path';

const byExtension: Record<string, string> = {
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.xml': 'text/xml',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
  '.zip': 'application/zip',
};

const byMagic: [string, string][] = [
  ['\x1f\x8b\x08', 'application/x-gzip'],
  ['PK\x03\x04', 'application/zip'],
  ['%PDF-', 'application/pdf'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF8', 'image/gif'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['\0asm', 'application/wasm'],
  ['<?xml', 'text/xml'],
];

/** What a file is, by its name's ending, else by its first 512 bytes. */
export function contentType(path: string, bytes: Uint8Array): string {
  const known = byExtension[extname(path).toLowerCase()];
  if (known) return known;
  const head = Buffer.from(bytes.subarray(0, 512));
  const text = head.toString('latin1');
  const magic = byMagic.find(([prefix]) => text.startsWith(prefix));
  if (magic) return magic[1];
  return head.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) ? 'application/octet-stream' : 'text/plain';
}
