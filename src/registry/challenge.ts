/** One entry of a WWW-Authenticate header. */
export interface Challenge {
  /** Lower case: `basic`, `bearer`. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Parses WWW-Authenticate (RFC 7235), several challenges in one header included. */
export function parseChallenges(header: string | null): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  if (header === null) return challenges;
  const token = /\s*,*\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/y;
  while (token.lastIndex < header.length) {
    const match = token.exec(header);
    if (match === null) break;
    const [, name, quoted, bare] = match;
    if (quoted === undefined && bare === undefined) challenges.push({ scheme: name!.toLowerCase(), parameters: {} });
    else if (challenges.length > 0)
      challenges.at(-1)!.parameters[name!.toLowerCase()] = quoted === undefined ? bare! : quoted.replace(/\\(.)/g, '$1');
  }
  return challenges;
}
