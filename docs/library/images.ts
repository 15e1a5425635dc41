/**
 * Pulls an image into a store of its own, shows what it is, keeps a file as an artifact beside it and writes the image to an OCI layout.
 *
 *     bun docs/library/images.ts oci-archive:app.tar ./work
 */
import { join } from 'node:path';
import { ArtifactStore, addArtifact, copyImage, ImageEngine, onDiagnostic, parseImageName, resolveStoreOptions, Store } from 'selkie';

async function main(source: string, directory: string): Promise<void> {
  // What a library has to say beside its results: warnings of configuration, of images that claim another platform.
  onDiagnostic((level, message) => console.error(`${level}: ${message}`));

  const options = resolveStoreOptions({ root: join(directory, 'root'), runroot: join(directory, 'run') });
  using store = Store.open(options);
  const images = new ImageEngine(store);

  // Signatures are judged as policy.json says; what the store has already is not fetched again.
  const [image] = await images.pull(source, { onProgress: (event) => event.kind === 'text' && console.log(event.text) });
  const { Id, Architecture, Os, RootFS } = images.inspect(image!);
  console.log(`${Id.slice(0, 12)} for ${Os}/${Architecture} of ${RootFS.Layers?.length ?? 0} layers`);

  // A copy knows only places: the same call mirrors a registry, makes an archive, or fills another store.
  const layout = `oci:${join(directory, 'layout')}:copy`;
  const { digest } = await copyImage(parseImageName(`containers-storage:[overlay@${options.graphRoot}+${options.runRoot}]@${Id}`), parseImageName(layout));
  console.log(`${layout} is ${digest.slice(0, 19)}`);

  using artifacts = ArtifactStore.open(options.graphRoot);
  await addArtifact(artifacts, 'notes', [import.meta.filename], { type: 'text/x-notes', replace: true });
  console.log(artifacts.list().map(({ name, layers }) => `${name}: ${layers.length} file`).join('\n'));
}

const [source, directory] = process.argv.slice(2);
if (!source || !directory) throw new Error('usage: images.ts SOURCE DIRECTORY');
await main(source, directory);
