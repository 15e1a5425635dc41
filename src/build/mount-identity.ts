import { statSync } from 'node:fs';
import { posix } from 'node:path';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { type StageState, stageLookup } from './config-steps.ts';
import type { Instruction } from './containerfile.ts';
import { ContentDigest } from './content-digest.ts';
import { ContainerfileError } from './errors.ts';
import { readRunFlags } from './run-flags.ts';
import { walkTree } from './source-items.ts';
import { openSource } from './sources.ts';
import type { StageContext } from './stage-executor.ts';
import { findStage, type Stage } from './stages.ts';

export interface MountIdentity {
  /** `sha256:<hex>` of each tree that the step sees by a bind, for history. */
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
    if (mount.type !== 'bind') continue;
    const earlier = mount.from === undefined ? undefined : findStage(context.stages, mount.from, stage.index);
    if (earlier && context.executed.has(earlier.index)) identity.isKnown = false;
    using source = await openSource(context, mount.from, stage.index);
    identity.checksums.push(`sha256:${digestTree(source.root, mount.source ?? '/')}`);
  }
  return identity;
}

function digestTree(treeRoot: string, path: string): string {
  using root = new Rootfs(treeRoot);
  if (!root.exists(path)) throw new ContainerfileError(`mount source ${JSON.stringify(path)} does not exist`);
  const hostPath = root.hostPath(path);
  const stat = statSync(hostPath);
  const digest = new ContentDigest({ owner: { uid: 0, gid: 0 }, keepOwner: true });
  if (stat.isDirectory()) for (const entry of walkTree(hostPath, '', () => 'keep')) digest.entry(entry);
  else digest.file(posix.basename(path), { hostPath, stat });
  return digest.hex();
}
