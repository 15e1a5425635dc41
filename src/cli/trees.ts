import type { ProgramName } from '../config/globals.ts';
import { buildahTree, podmanTree, skopeoTree } from './tree.ts';
import type { CommandTree } from './tree-node.ts';

const shared: CommandTree = {
  completion: { load: () => import('./commands/completion.ts'), hidden: true },
  help: { load: () => import('./commands/help.ts') },
};

/** Words of podman that it keeps working without listing them. */
const podmanHidden: CommandTree = {
  buildx: {
    hidden: true,
    aliases: ['builder'],
    children: {
      build: podmanTree['build']!,
      inspect: { load: () => import('./commands/buildx/inspect.ts') },
      prune: { load: () => import('./commands/image/prune.ts') },
      version: { load: () => import('./commands/buildx/version.ts') },
    },
  },
  play: { hidden: true, children: { kube: podmanTree['kube']!.children!['play']! } },
};

/** The whole of what can be typed after the program's name. */
export function treeOf(program: ProgramName): CommandTree {
  switch (program) {
    case 'podman':
      return { ...podmanTree, ...podmanHidden, ...shared };
    case 'buildah':
      return { ...buildahTree, ...shared };
    case 'skopeo':
      return { ...skopeoTree, ...shared };
    case 'selkie':
      return {
        ...podmanTree,
        ...podmanHidden,
        ...shared,
        buildah: { program: 'buildah', children: buildahTree },
        cri: { load: () => import('./commands/cri.ts') },
        skopeo: { program: 'skopeo', children: skopeoTree },
      };
  }
}
