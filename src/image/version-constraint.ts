import { SelkieError } from '../errors.ts';

const version = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const wanted = 'v?[0-9xX*]+(?:\\.[0-9xX*]+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?';
const comparison = new RegExp(`^(=|!=|>=|=>|<=|=<|>|<|~>|~|\\^)?\\s*(${wanted})$`);
const range = new RegExp(`(${wanted})\\s+-\\s+(${wanted})`, 'g');

/** Operators that node's ranges spell otherwise. */
const spelled: Readonly<Record<string, string>> = { '=>': '>=', '=<': '<=', '~>': '~' };

interface Comparison {
  readonly not: boolean;
  readonly range: string;
}

/** Versions that a text allows: comparisons, comma or blank between them for "and", `||` for "or", as skopeo's YAML files write them. */
export class VersionConstraint {
  private constructor(private readonly alternatives: readonly (readonly Comparison[])[]) {}

  /** @throws SelkieError */
  static parse(text: string): VersionConstraint {
    return new VersionConstraint(text.split('||').map((part) => comparisons(part, text)));
  }

  /** Of a tag that is no version: no. Of a version before a release only where the constraint names such. */
  allows(tag: string): boolean {
    const match = version.exec(tag);
    if (!match) return false;
    const [, major, minor = '0', patch = '0', prerelease = ''] = match;
    const full = `${major}.${minor}.${patch}${prerelease}`;
    return this.alternatives.some((all) => all.every(({ not, range }) => Bun.semver.satisfies(full, range) !== not));
  }
}

function comparisons(part: string, whole: string): Comparison[] {
  const parts = part
    .replace(range, '>=$1 <=$2')
    .replace(/([=!<>~^])\s+/g, '$1')
    .split(/[\s,]+/)
    .filter((each) => each !== '');
  if (parts.length === 0) throw new SelkieError(`improper constraint: ${whole}`);
  return parts.map((each) => {
    const match = comparison.exec(each);
    if (!match) throw new SelkieError(`improper constraint: ${whole}`);
    const [, operator = '', number = ''] = match;
    const plain = number.replace(/^v/, '');
    if (operator === '!=') return { not: true, range: plain };
    return { not: false, range: `${spelled[operator] ?? operator}${plain}` };
  });
}
