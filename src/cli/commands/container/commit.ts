import { writeFileSync } from 'node:fs';
import { commitContainer } from '../../../container/commit.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerCommit extends SelkieCommand {
  static override summary = 'Make an image of what has changed in a container';
  static override examples = ['commit mycontainer quay.io/me/app:2', 'commit --change CMD=/bin/sh mycontainer'];
  static override usage = 'CONTAINER [IMAGE]';
  static override flags = {
    author: flag.string({ short: 'a', summary: 'Author of the image' }),
    change: flag.stringArray({ short: 'c', summary: 'Containerfile instruction to apply to the image' }),
    config: flag.string({ valueName: 'file', summary: "File with a configuration to merge into the image's (JSON)" }),
    format: flag.string({ short: 'f', default: 'oci', valueName: 'Format', summary: 'Format of the image: oci or docker' }),
    iidfile: flag.string({ valueName: 'file', summary: "Write the image's ID to this file", complete: 'files' }),
    'include-volumes': flag.bool({ summary: "Include the content of the container's volumes" }),
    message: flag.string({ short: 'm', summary: 'Message in the history of the image' }),
    pause: flag.bool({ short: 'p', summary: 'Pause it meanwhile' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    squash: flag.bool({ short: 's', summary: 'Make one layer of everything' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['containers', 'images'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerCommit);
    if (flags.message !== '' && flags.format !== 'docker') {
      throw new SelkieError('messages are only compatible with the docker image format (-f docker)');
    }
    if (!['oci', 'docker'].includes(flags.format)) throw new SelkieError(`unrecognized image format ${JSON.stringify(flags.format)}`);
    using engine = openContainers(this.globals);
    const container = engine.state.lookup(args[0]!.replace(/^\//, ''));
    const { id, layers } = await commitContainer(engine, container, {
      name: args[1] || undefined,
      format: flags.format as 'oci' | 'docker',
      author: flags.author,
      message: flags.message,
      changes: flags.change,
      configFile: flags.config,
      includeVolumes: flags['include-volumes'],
      pause: flags.pause,
      squash: flags.squash,
    });
    if (!flags.quiet) {
      this.err('Getting image source signatures');
      for (const layer of layers) this.err(`Copying blob ${layer}`);
      this.err(`Copying config sha256:${id}`);
      this.err('Writing manifest to image destination');
    }
    if (flags.iidfile !== '') writeFileSync(flags.iidfile, id, { mode: 0o644 });
    this.out(id);
  }
}
