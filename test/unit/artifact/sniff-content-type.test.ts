import { expect, it } from 'vitest';
import { sniffContentType } from '../../../src/artifact/sniff-content-type.ts';

// what podman 5.8.6 says of files with these beginnings
it.each([
  ['', 'text/plain; charset=utf-8'],
  ['hello\n', 'text/plain; charset=utf-8'],
  ['{"a":1}', 'text/plain; charset=utf-8'],
  ['<html>', 'text/html; charset=utf-8'],
  [' \n <!doctype html>', 'text/html; charset=utf-8'],
  ['<htmlish', 'text/plain; charset=utf-8'],
  ['<?xml v', 'text/xml; charset=utf-8'],
  ['\x1f\x8b\x08\0\0', 'application/x-gzip'],
  ['PK\x03\x04', 'application/zip'],
  ['%PDF-1', 'application/pdf'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xfehi', 'text/plain; charset=utf-16le'],
  ['\xef\xbb\xbfhi', 'text/plain; charset=utf-8'],
  ['\0asm\x01\0\0\0', 'application/wasm'],
  ['\x7fELF\x01\x01', 'application/octet-stream'],
  ['\0\0\0\x14ftypisom\0\0\0\0mp41', 'video/mp4'],
  ['\0\0\0\x10ftypmp42\0\0\0\0', 'video/mp4'],
  ['\0\0\0\x14ftypisom\0\0\0\0qt  ', 'application/octet-stream'],
])('knows %j as %s', (text, type) => {
  expect(sniffContentType(Buffer.from(text, 'latin1'))).toBe(type);
});
