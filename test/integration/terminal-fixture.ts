/** A program on a terminal of its own: what it wrote, and the keys that a user would press. */
export class TerminalSession implements Disposable {
  screen = '';
  private seen = 0;
  private readonly decoder = new TextDecoder();
  private wake = Promise.withResolvers<void>();
  private readonly child: Bun.Subprocess;

  constructor(command: string[], size = { rows: 24, columns: 80 }) {
    this.child = Bun.spawn(command, {
      terminal: {
        rows: size.rows,
        cols: size.columns,
        data: (_terminal: Bun.Terminal, bytes: Uint8Array) => {
          this.screen += this.decoder.decode(bytes, { stream: true });
          this.wake.resolve();
          this.wake = Promise.withResolvers();
        },
      },
    });
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Waits until this text has come after what the last call waited for. @throws Error after 15 seconds */
  async until(text: string): Promise<this> {
    const late = AbortSignal.timeout(15_000);
    for (;;) {
      const at = this.screen.indexOf(text, this.seen);
      if (at >= 0) {
        this.seen = at + text.length;
        return this;
      }
      if (late.aborted) throw new Error(`${JSON.stringify(text)} did not come after ${JSON.stringify(this.screen)}`);
      await Promise.race([this.wake.promise, new Promise((resolve) => setTimeout(resolve, 200))]);
    }
  }

  type(keys: string): this {
    this.child.terminal!.write(keys);
    return this;
  }

  resize(rows: number, columns: number): void {
    this.child.terminal!.resize(columns, rows);
  }

  signal(name: NodeJS.Signals): this {
    this.child.kill(name);
    return this;
  }

  get exited(): Promise<number> {
    return this.child.exited;
  }

  [Symbol.dispose](): void {
    this.child.kill('SIGKILL');
  }
}
