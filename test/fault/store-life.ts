import { writeFileSync } from 'node:fs';
import { layerChainId, stageLayer } from '../../src/storage/layer-staging.ts';
import { Store } from '../../src/storage/store.ts';
import { storeOptions } from '../fixtures/store-fixture.ts';

/** Run by store-kill.test.ts under strace, which kills it at one of its system calls: GRAPHROOT RUNROOT IMAGE TAR KIND. */
const [graphRoot = '', runRoot = '', image = '', tar = '', kind = ''] = process.argv.slice(2);
using store = Store.open(storeOptions(graphRoot, runRoot));

if (kind === 'container') {
  for (const volatile of [true, false]) {
    const { id } = store.containers.create({ names: [`c-${volatile}`], image, volatile, layerOptions: { names: [`c-${volatile}-layer`] } });
    const root = store.mount(id);
    writeFileSync(`${root}/f`, 'x');
    store.unmount(id);
    store.containers.remove(id);
  }
} else {
  const parent = store.images.find(image)?.layer;
  await using staged = await stageLayer(store, { parent });
  const { diffId } = await staged.unpack({ path: tar });
  const layer = layerChainId(parent, diffId);
  staged.publish(layer, parent);
  const id = 'd'.repeat(64);
  store.images.create({ id, names: ['localhost/d:1'], layer, metadata: '{}', bigData: [{ key: 'manifest', data: Buffer.from('{}') }] });
  store.images.addNames(id, ['localhost/e:1']);
  store.images.remove(id);
}
