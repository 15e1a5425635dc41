/**
 * Makes an image without a Containerfile: a working container from nothing, a file copied into it, what the image shall say, a commit.
 *
 *     bun docs/library/working-container.ts ./file ./work
 */
import { basename, join, resolve } from 'node:path';
import {
  Builder,
  changeConfig,
  commitBuilder,
  copyIntoBuilder,
  defaultCommonOptions,
  defaultNamespaces,
  ImageEngine,
  resolveStoreOptions,
  Store,
} from 'selkie';

async function main(file: string, directory: string): Promise<void> {
  using store = Store.open(resolveStoreOptions({ root: join(directory, 'root'), runroot: join(directory, 'run') }));
  const images = new ImageEngine(store);

  // The real buildah sees the same container, and may go on with it.
  using builder = Builder.create(images, undefined, {
    os: 'linux',
    architecture: 'amd64',
    isolation: 1,
    namespaces: defaultNamespaces(),
    configureNetwork: 0,
    groupAdd: [],
    capabilities: [],
    common: defaultCommonOptions(),
    format: 'oci',
    devices: [],
  });
  const target = `/${basename(file)}`;
  await copyIntoBuilder(images, builder, { command: 'COPY', sources: [resolve(file)], destination: target, exclude: [], pull: {} });
  changeConfig(builder, { cmd: JSON.stringify([target]), env: ['MADE_BY=example'], unsetLabels: [], unsetAnnotations: [] }, () => {});
  builder.save();
  const { id, layers } = await commitBuilder(images, builder, {
    names: ['localhost/example:latest'],
    format: 'oci',
    squash: false,
    changes: [],
    annotations: [],
    unsetAnnotations: [],
    unsetEnv: [],
    createdAnnotation: true,
    omitHistory: false,
    addFiles: new Map(),
  });
  builder.remove();
  console.log(`${id} of ${layers.length} layer runs ${images.lookup('localhost/example').config().Cmd?.join(' ')}`);
}

const [file, directory] = process.argv.slice(2);
if (!file || !directory) throw new Error('usage: working-container.ts FILE DIRECTORY');
await main(file, directory);
