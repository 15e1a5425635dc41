import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';

export default class AutoUpdate extends SelkieCommand {
  static override summary = 'Update containers of systemd units whose image has a newer version';
  static override description =
    'Containers with the label io.containers.autoupdate are looked at: "registry" asks the image\'s registry, "local" the store. Units whose image has changed are started again, and taken back to the image before when that fails.';
  static override examples = ['auto-update', 'auto-update --dry-run'];
  static override flags = {
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'dry-run': flag.bool({ summary: 'Say only what there is to update' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    rollback: flag.bool({ default: true, summary: 'Go back to the image before when a unit does not start' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    throw new NotYet(this.path);
  }
}
