import { SelkieError } from '../errors.ts';

const controls: Record<string, number> = { '@': 0, '[': 27, '\\': 28, ']': 29, '^': 30, _: 31 };

/** `ctrl-p,ctrl-q` as the bytes that a terminal sends; an empty text means that there are none. @throws SelkieError */
export function parseDetachKeys(text: string): number[] {
  if (text === '') return [];
  return text.split(',').map((key) => {
    if (key.length === 1) return key.charCodeAt(0);
    const control = /^ctrl-(.)$/.exec(key)?.[1];
    if (control !== undefined && /[a-z]/.test(control)) return control.charCodeAt(0) - 96;
    if (control !== undefined && controls[control] !== undefined) return controls[control];
    throw new SelkieError(`invalid detach keys: Unknown character: '${key}'`);
  });
}

/** Passes input on and stops at the detach keys; a beginning of them that turns out otherwise is passed on late. */
export class DetachWatch {
  private matched = 0;

  constructor(private readonly keys: readonly number[]) {}

  /** What to send on, and whether the keys are complete (what follows them is dropped). */
  take(chunk: Uint8Array): { pass: Uint8Array; detached: boolean } {
    const { keys } = this;
    if (keys.length === 0) return { pass: chunk, detached: false };
    if (this.matched === 0 && !chunk.includes(keys[0]!)) return { pass: chunk, detached: false };
    const pass: number[] = [];
    for (const byte of chunk) {
      if (byte === keys[this.matched]) {
        this.matched++;
        if (this.matched === keys.length) return { pass: Uint8Array.from(pass), detached: true };
        continue;
      }
      pass.push(...keys.slice(0, this.matched));
      this.matched = byte === keys[0] ? 1 : 0;
      if (this.matched === 0) pass.push(byte);
    }
    return { pass: Uint8Array.from(pass), detached: false };
  }
}
