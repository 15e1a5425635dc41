import { writeFileSync } from 'node:fs';
import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { reportError, warn } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { ImageItemMissing, ImageNotKnown } from '../image/image-errors.ts';
import { errnoText } from '../os/libc.ts';
import { toCopyOptions, toPlatform, toPullPolicy } from './flags/copy-options.ts';
import { type Changed, type CreateFlags, toCreateOptions } from './flags/to-create-options.ts';
import { writeError } from './streams.ts';

export interface CreateRequest {
  flags: CreateFlags;
  args: readonly string[];
  changed: Changed;
}

/** What `run` and `create` share: the options, the image (pulled where needed), `--replace`, and the container itself. */
export async function newContainer(engine: ContainerEngine, request: CreateRequest): Promise<Container> {
  const { flags, args, changed } = request;
  if (changed('authfile')) (await import('../config/auth-json.ts')).checkAuthFile(flags.authfile);
  const options = toCreateOptions(flags, changed, args, engine.conf);
  options.onWarning = (text) => writeError(`${text}\n`);
  options.createCommand = [engine.globals.programName, ...process.argv.slice(2)];
  if (!flags.rootfs) options.image = await availableImage(engine, request);
  const inPod = flags.pod !== '' || flags['pod-id-file'] !== '';
  const pod = inPod ? await (await import('./join-pod.ts')).joinPod(engine, request, options) : undefined;
  if (flags.replace) await replaceContainer(engine, flags.name);
  const { createContainer } = require('../container/create.ts') as typeof import('../container/create.ts');
  const container = await createContainer(engine, options).catch(async (error: unknown) => {
    await pod?.takeBack();
    throw error;
  });
  if (flags.cidfile !== '') writeIdFile(flags.cidfile, container.id);
  return container;
}

/** The image to use, by the name to find it by. It is pulled when the policy says so; on the usual way nothing of that is loaded. */
async function availableImage(engine: ContainerEngine, { flags, args, changed }: CreateRequest): Promise<string> {
  const name = args[0] ?? '';
  const policy = toPullPolicy(flags.pull);
  const platform = toPlatform(flags);
  const elsewhere = hasTransport(name);
  if (!elsewhere && (policy === 'missing' || policy === 'never')) {
    try {
      const { image } = engine.images.find(name, platform ? { platform } : { warnOfPlatform: true });
      image.image();
      engine.events.writeImageEvent({ type: 'pull', id: image.id, name, time: new Date() });
      return name;
    } catch (error) {
      if (error instanceof ImageItemMissing) tellOfDamage(name, error);
      else if (!(error instanceof ImageNotKnown) || policy === 'never') throw error;
    }
  }
  const { copyProgress } = await import('./output/copy-progress.ts');
  const { toDecryption } = await import('./flags/encryption.ts');
  const decryption = await toDecryption(flags['decryption-key']);
  const onProgress = copyProgress({ quiet: flags.quiet });
  const [image] = await engine.images.pull(name, {
    ...toCopyOptions(flags, changed),
    ...(decryption ? { decryption } : {}),
    policy,
    ...(platform ? { platform } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  if (!image) throw new ImageNotKnown(name);
  return elsewhere ? image.id : name;
}

/** An image without its manifest is pulled anew. @throws SelkieError for one that lacks its config */
function tellOfDamage(name: string, damage: ImageItemMissing): void {
  if (damage.item !== 'manifest')
    throw new SelkieError(`checking platform of image ${name}: inspecting image: ${damage.message}`, { cause: damage });
  warn(`Failed to determine if an image is a manifest list: ${damage.message}, ignoring the error`);
  reportError(`Image ${name} exists in local storage but may be corrupted (remove the image to resolve the issue): ${damage.message}`);
}

const transports = ['docker', 'docker-archive', 'docker-daemon', 'oci', 'oci-archive', 'dir', 'containers-storage'];

/** Whether the name says a place other than a registry's short name: `oci:dir`, `docker://name`. */
function hasTransport(name: string): boolean {
  const prefix = name.slice(0, name.indexOf(':'));
  return transports.includes(prefix) && (prefix !== 'docker' || name.startsWith('docker://'));
}

async function replaceContainer(engine: ContainerEngine, name: string): Promise<void> {
  if (name === '') throw new SelkieError('cannot replace container without --name being set');
  const existing = engine.state.find(name.replace(/^\//, ''));
  if (!existing) return;
  const { removeContainer } = await import('../container/remove.ts');
  await removeContainer(engine, existing, { force: true });
}

/** `--cidfile`, `--pod-id-file`. */
export function writeIdFile(path: string, id: string): void {
  try {
    writeFileSync(path, id, { mode: 0o666 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new SelkieError(`creating idfile: open ${path}: ${errnoText(code)}`, { cause: error });
  }
}
