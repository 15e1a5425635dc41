/** How much of a file is looked at. */
export const sniffedBytes = 512;

/** What a file begins with; `.` stands for any byte. */
const beginnings: readonly (readonly [string, string])[] = [
  ['%PDF-', 'application/pdf'],
  ['%!PS-Adobe-', 'application/postscript'],
  ['\xfe\xff..', 'text/plain; charset=utf-16be'],
  ['\xff\xfe..', 'text/plain; charset=utf-16le'],
  ['\xef\xbb\xbf.', 'text/plain; charset=utf-8'],
  ['\0\0\x01\0', 'image/x-icon'],
  ['\0\0\x02\0', 'image/x-icon'],
  ['BM', 'image/bmp'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['RIFF....WEBPVP', 'image/webp'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['FORM....AIFF', 'audio/aiff'],
  ['ID3', 'audio/mpeg'],
  ['OggS\0', 'application/ogg'],
  ['MThd\0\0\0\x06', 'audio/midi'],
  ['RIFF....AVI ', 'video/avi'],
  ['RIFF....WAVE', 'audio/wave'],
  ['\x1a\x45\xdf\xa3', 'video/webm'],
  [`${'.'.repeat(34)}LP`, 'application/vnd.ms-fontobject'],
  ['\0\x01\0\0', 'font/ttf'],
  ['OTTO', 'font/otf'],
  ['ttcf', 'font/collection'],
  ['wOFF', 'font/woff'],
  ['wOF2', 'font/woff2'],
  ['\x1f\x8b\x08', 'application/x-gzip'],
  ['PK\x03\x04', 'application/zip'],
  ['Rar!\x1a\x07\0', 'application/x-rar-compressed'],
  ['Rar!\x1a\x07\x01\0', 'application/x-rar-compressed'],
  ['\0asm', 'application/wasm'],
];

const html = /^[\t\n\f\r ]*(?:<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P)[ >]|<!--[ >])/i;
const xml = /^[\t\n\f\r ]*<\?xml/;
const binary = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/** The media type of a file by its beginning, as the WHATWG's MIME sniffing has it and Go's net/http, which the real tools ask. */
export function sniffContentType(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, sniffedBytes)).toString('latin1');
  if (html.test(text)) return 'text/html; charset=utf-8';
  if (xml.test(text)) return 'text/xml; charset=utf-8';
  const known = beginnings.find(([beginning]) => matches(text, beginning));
  if (known) return known[1];
  if (isMp4(text)) return 'video/mp4';
  return binary.test(text) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

function matches(text: string, beginning: string): boolean {
  if (text.length < beginning.length) return false;
  for (let i = 0; i < beginning.length; i++) if (beginning[i] !== '.' && beginning[i] !== text[i]) return false;
  return true;
}

/** A first box `ftyp` that names a brand `mp4…`. */
function isMp4(text: string): boolean {
  const size = Buffer.from(text.slice(0, 4), 'latin1');
  if (text.length < 12 || text.slice(4, 8) !== 'ftyp') return false;
  const end = size.readUInt32BE();
  if (end % 4 !== 0 || end > text.length) return false;
  for (let at = 8; at < end; at += 4) if (at !== 12 && text.startsWith('mp4', at)) return true;
  return false;
}
