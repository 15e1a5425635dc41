import { readFileSync } from 'node:fs';
import { findQuadlet, quadletPlaces } from '../../../systemd/quadlet/installed.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';

export default class QuadletPrint extends SelkieCommand {
  static override summary = 'Show a unit file';
  static override examples = ['quadlet print web.container'];
  static override usage = 'QUADLET';
  static override args: Arguments = { min: 1, max: 1, complete: ['quadlets'] };

  override run(): void {
    const { args } = this.parse(QuadletPrint);
    this.out(readFileSync(findQuadlet(quadletPlaces(), args[0]!), 'utf8'));
  }
}
