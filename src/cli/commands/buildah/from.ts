import { writeFileSync } from 'node:fs';
import { baseImage } from '../../../build/base-image.ts';
import { Builder, namePrefix } from '../../../build/builder.ts';
import { applyOnBuild } from '../../../build/on-build.ts';
import { settleMaps } from '../../../build/user-namespace.ts';
import { loadContainersConf } from '../../../config/containers-conf.ts';
import { mergeCapabilities } from '../../../container/spec/capabilities.ts';
import { warn } from '../../../diagnostics.ts';
import { NotYet, SelkieError } from '../../../errors.ts';
import type { LocalImage } from '../../../image/local-image.ts';
import { hostPlatform, normalizeArchitecture } from '../../../image/platform.ts';
import type { PullOptions } from '../../../image/pull-options.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { fromAndRun } from '../../flags/buildah.ts';
import { toBuilderFormat, toCommonOptions, toIsolation, toNamespaces } from '../../flags/builder-settings.ts';
import { toCopyOptions, toPlatform, toPullPolicy } from '../../flags/copy-options.ts';
import { toDecryption } from '../../flags/encryption.ts';
import { toUserNamespace } from '../../flags/user-namespace.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class BuildahFrom extends SelkieCommand {
  static override summary = 'Make a working container from an image';
  static override description = 'Prints the container\'s name. "scratch" begins with nothing.';
  static override examples = ['from fedora', 'from --name mybuilder scratch'];
  static override flags = {
    ...fromAndRun,
    arch: flag.string({
      defaultText: '"amd64"',
      aliases: ['override-arch'],
      summary: 'Choose images for this architecture, not that of the machine',
    }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: 'Directory that keeps blobs for another use' }),
    'cdi-config-dir': flag.string({ hidden: true, summary: 'Directory with descriptions of CDI devices' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    cidfile: flag.string({ summary: "Write the container's ID to this file", complete: 'files' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    'decryption-key': flag.strings({ summary: 'Key for encrypted layers: FILE[:PASSPHRASE]', complete: 'files' }),
    format: flag.string({ short: 'f', default: 'oci', valueName: 'format', summary: 'Format of the image: oci or docker' }),
    name: flag.string({ valueName: 'name', summary: 'Name' }),
    os: flag.string({
      defaultText: '"linux"',
      valueName: 'OS',
      aliases: ['override-os'],
      summary: 'Choose images for this operating system, not the running one',
    }),
    platform: flag.strings({
      defaultText: '[linux/amd64]',
      valueName: 'OS/ARCH[/VARIANT]',
      summary: 'Choose images for this platform: OS/ARCH[/VARIANT]',
    }),
    pull: flag.string({
      noOptDefault: 'always',
      summary: 'When to pull: always, missing, never or newer',
      choices: ['always', 'missing', 'never', 'newer'],
    }),
    'pull-always': flag.bool({ hidden: true, summary: 'Pull even what is there' }),
    'pull-never': flag.bool({ hidden: true, summary: 'Pull nothing' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    retry: flag.int({ default: 3, summary: 'How often to try again' }),
    'retry-delay': flag.string({ summary: 'How long to wait before trying again' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    suffix: flag.string({ hidden: true, summary: "Text put behind the container's name" }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    variant: flag.string({ valueName: 'variant', summary: 'Choose images for this variant of the architecture' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'an image name (or "scratch") must be specified', complete: ['images'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahFrom);
    refuseLateFlags(args);
    if (args.length > 1) throw new SelkieError('too many arguments specified');
    if (changed('blob-cache')) throw new NotYet('buildah from --blob-cache');
    if (flags.platform.length > 1) warn(`ignoring platforms other than ${flags.platform[0]}`);
    const platform = toPlatform({ arch: flags.arch, os: flags.os, variant: flags.variant, platform: flags.platform[0] });
    const conf = loadContainersConf();
    const given = (name: string): boolean => changed(name as never);
    const settings = {
      name: flags.name,
      suffix: flags.suffix,
      os: platform?.os ?? 'linux',
      ...normalizeArchitecture(platform?.architecture ?? hostPlatform().architecture, platform?.variant),
      isolation: toIsolation(flags.isolation),
      ...toNamespaces(flags, given),
      groupAdd: [...flags['group-add']],
      capabilities: mergeCapabilities(conf.containers.default_capabilities, flags['cap-add'], flags['cap-drop']),
      common: toCommonOptions(flags, given, conf),
      format: toBuilderFormat(flags.format, changed('format')),
      devices: [...flags.device],
      cdiDirectory: flags['cdi-config-dir'],
    };
    using images = openImages(this.globals);
    const idMaps = settleMaps(images.store, toUserNamespace(flags));
    const [name = ''] = args;
    const local = name === 'scratch' ? undefined : await baseImage(images, name, await this.pullOptions());
    using builder = Builder.create(images, local && { local, name: imageName(local, name) }, { ...settings, idMaps });
    await applyOnBuild(images, builder, flags.quiet ? undefined : (text) => this.err(text));
    if (flags.cidfile !== '') writeFileSync(flags.cidfile, builder.id, { mode: 0o644 });
    this.out(builder.name);
  }

  private async pullOptions(): Promise<PullOptions> {
    const { flags, changed } = this.parse(BuildahFrom);
    const platform = toPlatform({ arch: flags.arch, os: flags.os, variant: flags.variant, platform: flags.platform[0] });
    const decryption = await toDecryption(flags['decryption-key']);
    const onProgress = copyProgress({ quiet: flags.quiet });
    return {
      ...toCopyOptions(flags, changed),
      ...(decryption ? { decryption } : {}),
      policy: flags['pull-always'] ? 'always' : flags['pull-never'] ? 'never' : toPullPolicy(flags.pull || 'missing'),
      ...(platform ? { platform } : {}),
      ...(onProgress ? { onProgress } : {}),
    };
  }
}

/** Of an image with several names the one that was meant. */
function imageName(image: LocalImage, typed: string): string {
  // A directory says nothing of what its image is called.
  if (typed.startsWith('dir:')) return 'dir';
  const prefix = namePrefix(typed);
  return image.names.find((name) => name.includes(prefix)) ?? image.names[0] ?? typed;
}
