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
    summary: 'Builds, for scripts written for docker',
    hidden: true,
    aliases: ['builder'],
    children: {
      build: podmanTree['build']!,
      inspect: { load: () => import('./commands/buildx/inspect.ts') },
      prune: { load: () => import('./commands/image/prune.ts') },
      version: { load: () => import('./commands/buildx/version.ts') },
    },
  },
  play: { summary: 'Kubernetes YAML', hidden: true, children: { kube: podmanTree['kube']!.children!['play']! } },
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
        buildah: { summary: 'Images built step by step, as buildah does', program: 'buildah', children: buildahTree },
        cri: { load: () => import('./commands/cri.ts') },
        skopeo: { summary: 'Images in registries and elsewhere, as skopeo does', program: 'skopeo', children: skopeoTree },
      };
  }
}
