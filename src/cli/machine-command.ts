import { NotYet, SelkieError } from '../errors.ts';
import { SelkieCommand } from './command.ts';

/** Commands about virtual machines. On Linux containers need none; podman refuses them to root, and so do we. */
export abstract class MachineCommand extends SelkieCommand {
  override run(): void {
    if (process.geteuid!() === 0) throw new SelkieError(`cannot run command "${this.path}" as root`);
    throw new NotYet(this.path);
  }
}
