import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Rule {
  pattern: string;
  expression: RegExp;
  negated: boolean;
}

/**
 * The rules of an ignore file. The last rule that matches a path, or a directory above it, decides.
 * Format: .dockerignore (`*`, `?`, `[…]`, `**`, `!`, comments with `#`).
 */
export class IgnoreRules {
  private readonly rules: Rule[];

  constructor(patterns: string[]) {
    this.rules = patterns.flatMap((line) => {
      let pattern = line.trim();
      if (pattern === '' || line.startsWith('#')) return [];
      const negated = pattern.startsWith('!');
      if (negated) pattern = pattern.slice(1).trim();
      pattern = cleanPattern(pattern);
      return pattern === '' || pattern === '.' ? [] : [{ pattern, expression: patternToRegExp(pattern), negated }];
    });
  }

  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  /** Whether an ignored directory is looked into: only for an exception whose text begins with its path, as buildah has it. */
  hasExceptionsBelow(directory: string): boolean {
    return this.rules.some((rule) => rule.negated && rule.pattern.startsWith(`${directory}/`));
  }

  /** @param path relative to the context, without a leading slash */
  ignores(path: string): boolean {
    let ignored = false;
    const parts = path.split('/');
    for (const rule of this.rules) {
      if (ignored !== rule.negated) continue;
      for (let depth = parts.length; depth > 0; depth--) {
        if (!rule.expression.test(parts.slice(0, depth).join('/'))) continue;
        ignored = !rule.negated;
        break;
      }
    }
    return ignored;
  }
}

/** Reads the ignore file of a build: the named one, FILE.containerignore / .dockerignore beside the Containerfile, or the context's own. */
export function readIgnoreFile(
  context: string,
  containerfile: string | undefined,
  named: string | undefined,
): { path: string; patterns: string[] } | undefined {
  const candidates = named
    ? [named]
    : [
        ...(containerfile ? [`${containerfile}.containerignore`, `${containerfile}.dockerignore`] : []),
        join(context, '.containerignore'),
        join(context, '.dockerignore'),
      ];
  const found = named ? named : candidates.find((path) => existsSync(path));
  return found ? { path: resolve(found), patterns: readFileSync(found, 'utf8').split(/\r?\n/) } : undefined;
}

function cleanPattern(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0) parts.pop();
    else if (part !== '..') parts.push(part);
  }
  return parts.join('/');
}

/** A glob in which `**` crosses directories and `*` does not. */
export function patternToRegExp(pattern: string): RegExp {
  let source = '^';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '*' && pattern[i + 1] === '*') {
      i++;
      if (pattern[i + 1] === '/') {
        i++;
        source += '(?:.*/)?';
      } else source += '.*';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0) source += '\\[';
      else {
        source += `[${pattern
          .slice(i + 1, end)
          .replace(/^!/, '^')
          .replace(/\\/g, '\\\\')}]`;
        i = end;
      }
    } else if (char === '\\' && i + 1 < pattern.length) source += escapeRegExp(pattern[++i]!);
    else source += escapeRegExp(char);
  }
  return new RegExp(`${source}$`, 's');
}

const escapeRegExp = (text: string): string => text.replace(/[.+^${}()|[\]\\*?]/g, '\\$&');
