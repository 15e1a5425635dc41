import { Builder } from '../../../build/builder.ts';
import { SelkieError } from '../../../errors.ts';
import { goJson } from '../../../image/go-json.ts';
import type { ImageEngine } from '../../../image/image-engine.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { renderReport } from '../../output/report.ts';
import { matchesWorkingContainer, readContainerFilter } from '../../working-container-filter.ts';

export default class BuildahContainers extends SelkieCommand {
  static override summary = 'List working containers';
  static override examples = ['containers', 'containers --json'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Working containers of other tools too' }),
    filter: flag.string({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    json: flag.bool({ summary: 'As JSON' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    notruncate: flag.bool({ summary: 'Show everything in full' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
  };
  static override args: Arguments = {};

  override run(): void {
    const { flags, args, changed } = this.parse(BuildahContainers);
    if (args.length > 0) throw new SelkieError("'buildah containers' does not accept arguments");
    if (flags.quiet && flags.format !== '') throw new SelkieError('quiet and format are mutually exclusive');
    const filter = changed('filter') ? readContainerFilter(flags.filter) : {};
    using images = openImages(this.globals);
    const rows = rowsOf(images, flags.all).filter((row) => matchesWorkingContainer(row, filter));
    if (flags.json) {
      this.out(goJson(rows.length > 0 ? rows : null, '    '));
      return;
    }
    const shown = rows.map(({ id, builder, imageid, imagename, containername }) => ({
      ContainerID: id,
      Builder: builder ? '   *' : '',
      ImageID: imageid,
      ImageName: imagename,
      ContainerName: containername,
    }));
    if (flags.format !== '') {
      this.write(
        renderReport(shown, { name: 'containers', format: flags.format, standard: '', noHeading: !flags.format.startsWith('table') }),
      );
      return;
    }
    if (flags.quiet) for (const { id } of rows) this.out(id);
    else this.printTable(rows, flags.notruncate, flags.noheading);
  }

  private printTable(rows: readonly Row[], whole: boolean, noHeading: boolean): void {
    const width = whole ? 64 : 12;
    const line = (id: string, builder: string, image: string, name: string, container: string): string =>
      `${id.slice(0, width).padEnd(width)}${whole ? ' ' : '  '}${builder.padEnd(8)} ${image.slice(0, width).padEnd(width)} ${name.padEnd(32)} ${container}`;
    if (!noHeading) this.out(line('CONTAINER ID', 'BUILDER', 'IMAGE ID', 'IMAGE NAME', 'CONTAINER NAME'));
    for (const { id, builder, imageid, imagename, containername } of rows)
      this.out(
        line(
          id,
          builder ? '   *' : '',
          imageid,
          whole || imagename.length <= 32 ? imagename : `${imagename.slice(0, 29)}...`,
          containername,
        ),
      );
  }
}

interface Row {
  id: string;
  builder: boolean;
  imageid: string;
  imagename: string;
  containername: string;
}

/** Working containers, or with `all` every container of the store. */
function rowsOf(images: ImageEngine, all: boolean): Row[] {
  const { store } = images;
  const ours = new Map(Builder.all(images).map((builder) => [builder.id, builder]));
  return store.containers
    .list()
    .filter(({ id }) => all || ours.has(id))
    .map(({ id, names, image }) => ({
      id,
      builder: ours.has(id),
      imageid: image,
      imagename: image === '' ? 'scratch' : (store.images.find(image)?.names[0] ?? ''),
      containername: ours.get(id)?.name ?? names[0] ?? '',
    }));
}
