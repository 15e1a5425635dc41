import { constants, copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import type { Digest } from '../image/digest.ts';
import { type Artifact, fileNameOf, titleAnnotation } from './artifact.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { checkChoice, chooseFile, type FileChoice, isChosen } from './choose-file.ts';

/** A file of the store, and the name that it goes by. */
export interface ArtifactFile {
  readonly path: string;
  readonly name: string;
}

/** Copies an artifact's files into a directory, or a single one to a file. @throws ArtifactNotKnown, InvalidArtifactTitle */
export function extractArtifact(store: ArtifactStore, nameOrDigest: string, target: string, choice: FileChoice): void {
  const artifact = findWithFiles(store, nameOrDigest, choice);
  if (isDirectory(target)) {
    const files = isChosen(choice) ? [chosenFile(store, artifact, choice)] : artifact.layers.map((layer) => fileOf(store, layer));
    for (const { path, name } of files) copy(path, join(target, name));
    return;
  }
  if (artifact.layers.length > 1 && !isChosen(choice))
    throw new SelkieError(
      `the artifact consists of several blobs and the target ${JSON.stringify(target)} is not a directory and neither digest or title was specified to only copy a single blob`,
    );
  const digest = artifact.layers.length > 1 ? chooseFile(artifact, choice) : artifact.layers[0]!.digest;
  copy(store.blobPath(digest), target);
}

/** Where an artifact's files are, to be mounted, and what they are called. @throws ArtifactNotKnown, InvalidArtifactTitle */
export function artifactFiles(store: ArtifactStore, nameOrDigest: string, choice: FileChoice): ArtifactFile[] {
  const artifact = findWithFiles(store, nameOrDigest, choice);
  if (isChosen(choice)) return [chosenFile(store, artifact, choice)];
  const files: ArtifactFile[] = [];
  for (const layer of artifact.layers) {
    const file = fileOf(store, layer);
    if (files.some(({ name }) => name === file.name))
      throw new SelkieError(
        `annotation ${JSON.stringify(titleAnnotation)}:${JSON.stringify(file.name)} is used in multiple different layers within artifact`,
      );
    files.push(file);
  }
  return files;
}

function findWithFiles(store: ArtifactStore, nameOrDigest: string, choice: FileChoice): Artifact {
  checkChoice(choice);
  const artifact = store.find(nameOrDigest);
  if (artifact.layers.length === 0) throw new SelkieError('the artifact has no blobs, nothing to extract');
  return artifact;
}

/** Asked for by its digest, a file is called by that, whatever its title. */
function chosenFile(store: ArtifactStore, artifact: Artifact, choice: FileChoice): ArtifactFile {
  const digest = chooseFile(artifact, choice);
  return { path: store.blobPath(digest), name: fileNameOf(choice.title, digest) };
}

function fileOf(
  store: ArtifactStore,
  { digest, annotations }: { digest: Digest; annotations?: Readonly<Record<string, string>> },
): ArtifactFile {
  return { path: store.blobPath(digest), name: fileNameOf(annotations?.[titleAnnotation], digest) };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function copy(from: string, to: string): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EISDIR') throw cause;
    throw new SelkieError(
      `failed to create target file: open ${to}: ${code === 'ENOENT' ? 'no such file or directory' : 'is a directory'}`,
      { cause },
    );
  }
}
