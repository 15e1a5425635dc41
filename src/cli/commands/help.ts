import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';

export default class Help extends SelkieCommand {
  static override summary = 'Explain a command';
  static override usage = '[COMMAND...]';
  static override examples = ['help run'];
  static override args: Arguments = { complete: ['commands'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { args } = this.parse(Help);
    const { locate } = await import('../locate.ts');
    const { treeOf } = await import('../trees.ts');
    const { help, usageText } = await import('../help/help.ts');
    const { programName } = this.globals;
    const location = locate(programName, treeOf(programName), args);
    // cobra refuses a word that is no command only where it follows the program's name.
    if (location.rest.length === 0 || location.words.length > 0) {
      this.write(await help(programName, location));
      return;
    }
    this.err(`Unknown help topic [${args.map((arg) => `\`${arg}\``).join(' ')}]`);
    this.err(usageText(await help(programName, locate(programName, treeOf(programName), []))).trimEnd());
  }
}
