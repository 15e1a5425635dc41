import { checkAuthFile } from '../../config/auth-json.ts';
import { SelkieError } from '../../errors.ts';
import { type AutoUpdateReport, autoUpdate } from '../../systemd/auto-update.ts';
import { connectToSystemd } from '../../systemd/service-manager.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { openContainers } from '../engine.ts';
import { flag } from '../flag.ts';
import { toCopyOptions } from '../flags/copy-options.ts';
import { copyProgress } from '../output/copy-progress.ts';
import { prettyJson, renderReport } from '../output/report.ts';
import { joinErrors } from '../output/several-errors.ts';

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
  // It has a text of its own for arguments.
  static override args: Arguments = {};

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(AutoUpdate);
    if (args.length > 0) throw new SelkieError(`\`${this.path}\` takes no arguments`);
    if (changed('authfile')) checkAuthFile(flags.authfile);
    using engine = openContainers(this.globals);
    const onProgress = copyProgress({ quiet: false });
    const { reports, errors } = await autoUpdate(engine, {
      dryRun: flags['dry-run'],
      rollback: flags.rollback,
      copy: toCopyOptions(flags, changed),
      ...(onProgress ? { onProgress } : {}),
      connect: connectToSystemd,
    });
    if (reports.length > 0) this.print(reports.map(toRow), flags.format);
    const failure = joinErrors(errors);
    if (failure) throw failure;
  }

  private print(rows: object[], format: string): void {
    if (format === 'json') this.out(prettyJson(rows));
    else
      this.write(
        renderReport(rows, {
          name: 'auto-update',
          format,
          standard: '\t{{.Unit}}\t{{.Container}}\t{{.Image}}\t{{.Policy}}\t{{.Updated}}',
          headings: { ContainerName: 'CONTAINER NAME', ContainerID: 'CONTAINER ID' },
        }),
      );
  }
}

const toRow = ({ unit, container, image, policy, updated }: AutoUpdateReport): object => ({
  Unit: unit,
  Container: `${container.id.slice(0, 12)} (${container.name})`,
  ContainerName: container.name,
  ContainerID: container.id,
  Image: image,
  Policy: policy,
  Updated: updated,
});
