/**
 * Builds an image from a Containerfile, and writes its files to a directory too.
 *
 *     bun docs/library/build.ts ./context ./work
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDefaults, buildImage, ImageEngine, resolveStoreOptions, Store } from 'selkie';

async function main(context: string, directory: string): Promise<void> {
  using store = Store.open(resolveStoreOptions({ root: join(directory, 'root'), runroot: join(directory, 'run') }));
  const images = new ImageEngine(store);
  const path = join(context, 'Containerfile');
  const { imageId } = await buildImage(
    images,
    {
      ...buildDefaults(),
      contextDir: context,
      containerfile: { text: readFileSync(path, 'utf8'), path },
      tags: ['localhost/example:latest'],
      // The same content makes the same image at any time.
      times: { timestamp: new Date(0), rewrite: false },
      outputs: [{ kind: 'directory', path: join(directory, 'files') }],
    },
    { out: () => {}, err: (text) => console.error(text), stdio: 'inherit' },
  );
  console.log(imageId);
}

const [context, directory] = process.argv.slice(2);
if (!context || !directory) throw new Error('usage: build.ts CONTEXT DIRECTORY');
await main(context, directory);
