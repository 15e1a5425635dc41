import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';
import { UsageError } from '../parse.ts';

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

export default class Completion extends SelkieCommand {
  static override summary = 'Write the script that completes commands in a shell';
  static override description =
    'The script asks the program itself what may come next, so that names of containers, images and so on are those of the moment.';
  static override usage = '{bash|zsh|fish|powershell}';
  static override examples = ['completion bash', 'completion zsh -f _selkie'];
  static override flags = {
    file: flag.string({ short: 'f', summary: 'Write to this file', complete: 'files' }),
    'no-desc': flag.bool({ summary: 'Leave out what is said about each word' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: [shells] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(Completion);
    const shell = shells.find((name) => name === args[0]);
    if (shell === undefined) throw new UsageError(`invalid argument ${JSON.stringify(args[0])} for ${JSON.stringify(this.path)}`);
    const { completionScript } = await import('../complete/scripts/index.ts');
    const script = completionScript(shell, this.globals.programName, !flags['no-desc']);
    if (flags.file === '') {
      this.write(script);
      return;
    }
    const { writeFileSync } = await import('node:fs');
    writeFileSync(flags.file, script);
  }
}
