import { prettyJson } from './report.ts';

/** JSON over several lines as the encoder of some of podman's commands prints it: empty objects and lists take two lines, too. */
export function jsoniterPretty(value: unknown, indent = '  '): string {
  const text = prettyJson(value, indent).replace(/^(\s*)((?:"(?:[^"\\]|\\.)*": )?)(\{\}|\[\])(,?)$/gm, (_, margin, key, empty, comma) => {
    if (empty === '[]') return `${margin}${key}[]${comma}`;
    return `${margin}${key}{\n${margin}${indent}\n${margin}}${comma}`;
  });
  return text.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}
