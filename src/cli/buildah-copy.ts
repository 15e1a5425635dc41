import { copyIntoBuilder } from '../build/builder-copy.ts';
import type { GlobalOptions } from '../config/globals.ts';
import { NotYet, SelkieError } from '../errors.ts';
import { refuseLateFlags } from './buildah-arguments.ts';
import { openImages } from './engine.ts';
import type { Parsed } from './flag.ts';
import { toTime } from './flags/build-options.ts';
import type { copyAndAdd } from './flags/buildah.ts';
import { toCopyOptions } from './flags/copy-options.ts';
import { toDecryption } from './flags/encryption.ts';
import { notesHistory, openBuilder } from './working-containers.ts';

interface Given {
  flags: Parsed<typeof copyAndAdd>;
  args: readonly string[];
  changed: (name: string) => boolean;
}

/** What `buildah copy` and `buildah add` share. @returns the digest of the content, hex */
export async function copyOrAdd(globals: GlobalOptions, command: 'COPY' | 'ADD', { flags, args, changed }: Given): Promise<string> {
  const [name = '', ...rest] = args;
  if (rest.length === 0) throw new SelkieError('src must be specified');
  refuseLateFlags(args);
  if (flags.ignorefile !== '' && flags.contextdir === '')
    throw new SelkieError('--ignorefile option requires that you specify a context dir using --contextdir');
  if (changed('blob-cache')) throw new NotYet(`buildah ${command.toLowerCase()} --blob-cache`);
  const decryption = await toDecryption(flags['decryption-key']);
  using images = openImages(globals);
  using builder = openBuilder(images, name);
  const content = await copyIntoBuilder(images, builder, {
    command,
    sources: rest.length > 1 ? rest.slice(0, -1) : rest,
    destination: rest.length > 1 ? rest.at(-1)! : '',
    chown: flags.chown || undefined,
    chmod: flags.chmod || undefined,
    exclude: flags.exclude,
    from: flags.from || undefined,
    contextDir: flags.contextdir || undefined,
    ignoreFile: flags.ignorefile || undefined,
    checksum: flags.checksum || undefined,
    link: flags.link,
    parents: (flags as { parents?: boolean }).parents ?? false,
    timestamp: changed('timestamp') ? toTime(flags.timestamp) : undefined,
    pull: {
      ...toCopyOptions(flags, changed as (name: never) => boolean),
      ...(decryption ? { decryption } : {}),
      policy: 'missing',
    },
  });
  if (notesHistory(changed('add-history'), flags['add-history'])) builder.addHistory(`/bin/sh -c #(nop) ${command} ${content}`);
  builder.save();
  return content.slice(content.indexOf(':') + 1);
}
