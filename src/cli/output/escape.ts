/**
 * Text that comes from an image, a registry or a container, made safe for a terminal: control characters, which could move the cursor
 * or retitle the window, become `\x1b`; so do the ones that turn the direction of writing. Tabs and line ends too, unless `multiline`.
 */
export function escapeControl(text: string, options: { multiline?: boolean } = {}): string {
  const unsafe = options.multiline
    ? /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
    : /[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
  return unsafe.test(text) ? text.replace(unsafe, escapeOne) : text;
}

function escapeOne(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
}
