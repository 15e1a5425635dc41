import { checkAuthFile } from '../../../config/auth-json.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { labelCommand, SELF } from '../../../container/run-label.ts';
import { SelkieError } from '../../../errors.ts';
import { selfCommand } from '../../../os/self.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag, pick } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { selection } from '../../flags/selection.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class ContainerRunlabel extends SelkieCommand {
  static override summary = 'Run the command that a label of an image says';
  static override examples = ['container runlabel run fedora'];
  static override usage = 'LABEL IMAGE [ARG...]';
  static override flags = {
    ...pick(selection, 'authfile', 'cert-dir', 'signature-policy'),
    creds: flag.string({ valueName: 'Credentials', summary: 'Name and password for the registry', complete: 'none' }),
    display: flag.bool({ summary: 'Show the command without running it' }),
    name: flag.string({ short: 'n', summary: "Name for the container that the label's command makes" }),
    opt1: flag.string({ hidden: true, summary: "First value for the label's command" }),
    opt2: flag.string({ hidden: true, summary: "Second value for the label's command" }),
    opt3: flag.string({ hidden: true, summary: "Third value for the label's command" }),
    pull: flag.bool({
      short: 'p',
      hidden: true,
      deprecated: 'podman will pull if not found in local storage',
      summary: 'Accepted; without effect',
    }),
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
    replace: flag.bool({ summary: 'Take the place of a container of that name' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 2, complete: ['none', 'images'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerRunlabel);
    if (changed('authfile')) checkAuthFile(flags.authfile);
    const [label = '', typed = '', ...rest] = args;
    using engine = openContainers(this.globals);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const [image] = await engine.images.pull(typed, {
      ...toCopyOptions(flags, (name) => changed(name as never)),
      policy: 'missing',
      ...(onProgress ? { onProgress } : {}),
    });
    if (image === undefined) throw new SelkieError(`${typed}: image not known`);
    const labels = Object.entries(engine.images.inspect(image).Labels ?? {});
    const [, text = ''] = labels.find(([name]) => name.toLowerCase() === label.replace(/^\//, '').toLowerCase()) ?? [];
    if (text === '') throw new SelkieError(`cannot find the value of label: ${label} in image: ${typed}`);
    const command = labelCommand({
      text,
      image: image.names[0] ?? image.id,
      name: flags.name || nameFrom(image.id.startsWith(typed) ? (image.names[0] ?? image.id) : typed),
      args: rest,
      options: [flags.opt1, flags.opt2, flags.opt3],
    });
    if (flags.display) {
      this.out(`command: ${[engine.globals.programName, ...command.slice(1)].join(' ')}`);
      return;
    }
    if (flags.replace) await this.#replace(engine, command);
    runLabelled(command, flags.quiet);
  }

  /** Whoever has the name that the command gives makes way. */
  async #replace(engine: ContainerEngine, command: readonly string[]): Promise<void> {
    const at = command.indexOf('--name');
    const existing = at < 0 ? undefined : engine.state.find(command[at + 1] ?? '');
    if (existing === undefined) return;
    const { removeContainer } = await import('../../../container/remove.ts');
    await removeContainer(engine, existing, { force: true });
  }
}

/** The last part of an image's name, without its tag. */
const nameFrom = (image: string): string => image.slice(image.lastIndexOf('/') + 1).split(':')[0]!;

function runLabelled(command: readonly string[], quiet: boolean): void {
  const [program = '', ...args] = command;
  const argv = program === SELF ? [...selfCommand(), ...args] : [...command];
  const shown = `${program} ${args.join(' ')}`;
  const stream = quiet ? 'ignore' : 'inherit';
  let child: Bun.SyncSubprocess;
  try {
    child = Bun.spawnSync(argv, { stdio: [stream, stream, stream], env: { ...process.env, PODMAN_RUNLABEL_NESTED: '1' } });
  } catch (error) {
    throw new SelkieError(`\`${shown}\` failed: exec: ${JSON.stringify(program)}: executable file not found in $PATH`, {
      cause: error,
    });
  }
  if (child.exitCode !== 0) throw new SelkieError(`\`${shown}\` failed: exit status ${child.exitCode}`);
}
