import { SelkieError } from '../../../errors.ts';
import { NoMatchingPlatform } from '../../../image/errors.ts';
import { goJson } from '../../../image/go-json.ts';
import { parseImageName } from '../../../image/image-name.ts';
import { describeRemote, readImageAt, remoteConfig } from '../../../image/inspect-remote.ts';
import type { Reference } from '../../../image/reference.ts';
import { withRetries } from '../../../image/retry.ts';
import { listTags } from '../../../image/tags.ts';
import type { TransportOptions } from '../../../image/transport.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { endpoint } from '../../flags/skopeo.ts';
import { toEndpoint, toRetries } from '../../flags/skopeo-endpoint.ts';

export default class SkopeoInspect extends SelkieCommand {
  static override summary = 'Show an image without fetching it';
  static override examples = ['inspect docker://alpine', 'inspect --raw docker://alpine', 'inspect --config docker://alpine'];
  static override usage = 'IMAGE-NAME';
  static override flags = {
    ...endpoint,
    config: flag.bool({ summary: 'Show the configuration, not the summary' }),
    'daemon-host': flag.string({ valueName: 'HOST', summary: "Address of docker's daemon (docker-daemon:)" }),
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
    'no-tags': flag.bool({ short: 'n', summary: 'Do not ask for the tags of the repository' }),
    raw: flag.bool({ summary: 'Show the manifest as it is stored' }),
    'shared-blob-dir': flag.string({ valueName: 'DIRECTORY', summary: 'Directory in which OCI layouts share blobs' }),
  };
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'Exactly one argument expected',
    tooMany: 'Exactly one argument expected',
    complete: ['transports'],
  };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(SkopeoInspect);
    if (flags.raw && flags.format) throw new SelkieError('raw output does not support format option');
    const options = toEndpoint(flags, '', this.globals);
    const reference = await opened(args[0]!, async () => parseImageName(args[0]!));
    const retried = <T>(step: () => Promise<T>): Promise<T> => opened(args[0]!, () => withRetries(step, toRetries(flags)));
    const wantsTags = reference.transport === 'docker' && !flags['no-tags'] && !flags.config && !flags.raw;
    // Asked for beside the manifest; without an image nobody wants to know about them.
    const tags = wantsTags ? tagsIfAllowed(reference.dockerReference!, options) : Promise.resolve([]);
    tags.catch(() => undefined);
    await using source = await retried(() => reference.openSource(options));
    if (flags.raw && !flags.config) return this.write((await retried(() => source.manifest())).bytes);
    const image = await retried(() => readImageAt(source, options));
    if (flags.config) {
      if (flags.raw) return this.write(image.config ?? '');
      const config = remoteConfig(image);
      return this.print(config, flags.format, async () => (await import('../../output/remote-view.ts')).remoteConfigView(config));
    }
    const found = describeRemote(reference, image, await tags);
    await this.print(found, flags.format, async () => (await import('../../output/remote-view.ts')).remoteView(found));
  }

  private async print(value: unknown, format: string | undefined, view: () => Promise<object>): Promise<void> {
    if (!format) return this.out(goJson(value, '    '));
    const { isJsonFormat, renderReport } = await import('../../output/report.ts');
    if (isJsonFormat(format)) this.out(goJson(value, '    '));
    else this.write(renderReport([await view()], { name: 'skopeo inspect', format, standard: '', noHeading: true }));
  }
}

async function opened<T>(name: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (!(cause instanceof SelkieError)) throw cause;
    if (cause instanceof NoMatchingPlatform)
      throw new SelkieError(`Error parsing manifest for image: choosing image instance: ${cause.message}`, { cause });
    throw new SelkieError(`Error parsing image name ${JSON.stringify(name)}: ${cause.message}`, { cause });
  }
}

/** A registry may keep its list of tags to itself. */
async function tagsIfAllowed(repository: Reference, options: TransportOptions): Promise<string[]> {
  try {
    return await listTags(repository, options);
  } catch (error) {
    const { status } = error as { status?: number };
    if (status !== 401 && status !== 403 && status !== 404) throw error;
    return [];
  }
}
