/**
 * Go's `path.Match`: `*` and `?` stop at slashes, `[a-z]`, `[^a]`, backslash escapes; the whole name must match.
 * @returns undefined for a malformed pattern
 */
export function matchesPath(pattern: string, name: string): boolean | undefined {
  const compiled = compile(pattern);
  return compiled?.test(name);
}

const known = new Map<string, RegExp | undefined>();

function compile(pattern: string): RegExp | undefined {
  if (!known.has(pattern)) known.set(pattern, translate(pattern));
  return known.get(pattern);
}

function translate(pattern: string): RegExp | undefined {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\') {
      if (++at >= pattern.length) return undefined;
      source += literal(pattern[at]!);
    } else if (char === '[') {
      const end = classEnd(pattern, at);
      if (end < 0) return undefined;
      source += `(?!/)[${pattern.slice(at + 1, end).replaceAll('[', '\\[')}]`;
      at = end;
    } else source += literal(char);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined;
  }
}

function classEnd(pattern: string, start: number): number {
  let at = start + 1;
  if (pattern[at] === '^') at++;
  for (let first = true; at < pattern.length; at++, first = false) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']') return first ? -1 : at;
  }
  return -1;
}

const literal = (char: string): string => char.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
