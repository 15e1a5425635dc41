import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { type StageState, stageLookup } from './config-steps.ts';
import type { Instruction } from './containerfile.ts';
import { ContainerfileError } from './errors.ts';
import { pathChecksum } from './path-checksum.ts';
import { readRunFlags } from './run-flags.ts';
import { openSource } from './sources.ts';
import type { StageContext } from './stage-executor.ts';
import { findStage, type Stage } from './stages.ts';

export interface MountIdentity {
  /** `sha256:<hex>` of each tree or image that the step sees by a bind, for history. */
  checksums: string[];
  /** false where a bind shows what this build has just made: no earlier image can stand for the step. */
  isKnown: boolean;
}

/** What a RUN sees through its bind mounts is part of what it is: a step is only the same one over the same content. */
export async function mountIdentity(
  context: StageContext,
  stage: Stage,
  instruction: Instruction,
  state: StageState,
): Promise<MountIdentity> {
  const identity: MountIdentity = { checksums: [], isKnown: true };
  for (const mount of readRunFlags(instruction, stageLookup(state), state.escapeChar).mounts) {
    const earlier = mount.from === undefined ? undefined : findStage(context.stages, mount.from, stage.index);
    if (earlier && context.executed.has(earlier.index)) identity.isKnown = false;
    if (mount.type !== 'bind' || earlier) continue;
    using source = await openSource(context, mount.from, stage.index);
    if (source.imageId !== undefined) identity.checksums.push(context.images.store.images.find(source.imageId)?.digest ?? '');
    else identity.checksums.push(digestTree(source.root, mount.source ?? '/'));
  }
  return identity;
}

function digestTree(treeRoot: string, path: string): string {
  using root = new Rootfs(treeRoot);
  if (!root.exists(path)) throw new ContainerfileError(`mount source ${JSON.stringify(path)} does not exist`);
  return pathChecksum(root.hostPath(path));
}
