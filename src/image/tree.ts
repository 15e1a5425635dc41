import { LayerTree } from './layer-tree.ts';
import type { LocalImage } from './local-image.ts';
import { formatReference } from './reference.ts';

interface Node {
  text: string;
  children: Node[];
}

/** `podman image tree`: the image's layers from the first to the last, or with `whatRequires` all that is built upon it. */
export function imageTree(image: LocalImage, whatRequires: boolean): string {
  const tree = LayerTree.of(image.store);
  const heading = [
    `Image ID: ${image.id.slice(0, 12)}`,
    `Tags:     [${image.repoTags.join(' ')}]`,
    `Size:     ${humanSize(image.size())}`,
    image.topLayer ? 'Image Layers' : 'No Image Layers',
  ].join('\n');
  const root: Node = { text: heading, children: [] };
  if (whatRequires) addUpward(tree, image.topLayer, root, false);
  else {
    for (let id = image.topLayer; id; id = tree.layer(id)?.parent) root.children.unshift({ text: describe(tree, id), children: [] });
  }
  return draw(root);
}

function addUpward(tree: LayerTree, layer: string | undefined, parent: Node, hasSiblings: boolean): void {
  if (!layer || !tree.layer(layer)) return;
  const node: Node = { text: describe(tree, layer), children: [] };
  parent.children.push(node);
  const children = tree.childLayers(layer);
  // a line without branches is drawn flat
  for (const child of children) addUpward(tree, child, hasSiblings ? node : parent, children.length > 1);
}

function describe(tree: LayerTree, layer: string): string {
  const tags = [
    ...new Set(
      tree.imagesOn(layer).flatMap((image) =>
        image
          .references()
          .filter((name) => name.tag)
          .map(formatReference),
      ),
    ),
  ];
  const size = humanSize(tree.layer(layer)?.diffSize ?? 0).padStart(7);
  return `ID: ${layer.slice(0, 12)} Size: ${size}${tags.length > 0 ? ` Top Layer of: [${tags.join(' ')}]` : ''}`;
}

function draw(root: Node): string {
  return `${root.text}\n${drawChildren(root.children, '')}`;
}

function drawChildren(nodes: Node[], indent: string): string {
  return nodes
    .map((node, index) => {
      const last = index === nodes.length - 1;
      const lines = node.text.split('\n').join(`\n${indent}${last ? '    ' : '│   '}`);
      return `${indent}${last ? '└── ' : '├── '}${lines}\n${drawChildren(node.children, indent + (last ? '    ' : '│   '))}`;
    })
    .join('');
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Four significant digits in decimal units, as go-units prints them. */
function humanSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(4))}${units[unit]}`;
}
