import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { powershellScript } from './powershell.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

export type Shell = keyof typeof scripts;
export const shells = Object.keys(scripts) as Shell[];

/** The script that lets a shell complete a program. @param describe whether candidates have a line about them */
export function completionScript(shell: Shell, program: string, describe = true): string {
  return scripts[shell](program, describe ? '__complete' : '__completeNoDesc');
}
