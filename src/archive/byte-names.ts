/**
 * File names are bytes, not text. Inside archive/ a name is a "byte string": a JavaScript string of which each character stands for
 * one byte (latin1). It compares bytewise, serves as a key, and is written into a buffer at memory speed.
 */

const ascii = /^[\x00-\x7f]*$/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that a byte string stands for; undefined when it is not UTF-8. */
export function decodeName(name: string): string | undefined {
  if (ascii.test(name)) return name;
  try {
    return strictUtf8.decode(Buffer.from(name, 'latin1'));
  } catch {
    return undefined;
  }
}

/** The byte string of a text. */
export function encodeName(text: string): string {
  return ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** For messages: the text, with replacement characters where it is none. */
export function displayName(name: string): string {
  return ascii.test(name) ? name : Buffer.from(name, 'latin1').toString('utf8');
}

export const isAscii = (name: string): boolean => ascii.test(name);

/** Go's path.Clean: the shortest name that means the same without looking at the file system. */
export function cleanName(name: string): string {
  if (isClean(name)) return name;
  const rooted = name.startsWith('/');
  const kept: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (!rooted) kept.push('..');
  }
  const joined = kept.join('/');
  if (rooted) return `/${joined}`;
  return joined === '' ? '.' : joined;
}

/** Where `name` lies when the directory it is unpacked into is `/`: always absolute, never with `..`. */
export function rootedName(name: string): string {
  return cleanName(`/${name}`);
}

/** The directory part of a rooted name. */
export function parentName(name: string): string {
  const slash = name.lastIndexOf('/');
  return slash <= 0 ? '/' : name.slice(0, slash);
}

export const baseName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** Whether cleanName has nothing to do; most names of real archives pass here without an allocation. */
function isClean(name: string): boolean {
  if (name === '') return false;
  let start = 0;
  for (let i = 0; i <= name.length; i++) {
    if (i < name.length && name.charCodeAt(i) !== 47) continue;
    const length = i - start;
    if (length === 0 && !(i === 0 && name.length > 1)) return name === '/';
    if (length === 1 && name.charCodeAt(start) === 46) return name === '.';
    if (length === 2 && name.charCodeAt(start) === 46 && name.charCodeAt(start + 1) === 46) return false;
    start = i + 1;
  }
  return true;
}
