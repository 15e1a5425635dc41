import { SelkieError } from '../errors.ts';
import type { ContainerFailure } from '../pod/errors.ts';
import type { Pod } from '../pod/pod.ts';
import { throwLast } from './output/several-errors.ts';

/**
 * Does the same to pods one after the other, prints each that succeeded, and fails with the last failure after printing the others.
 * @param doing how an error begins: `stopping container ID: …`  @param work what failed of the pod; undefined for nothing to do
 */
export async function eachPod(
  pods: readonly Pod[],
  doing: string,
  work: (pod: Pod) => Promise<readonly ContainerFailure[] | undefined>,
  print: (pod: Pod) => void,
): Promise<void> {
  const errors: SelkieError[] = [];
  for (const pod of pods) {
    try {
      const failures = await work(pod);
      if (failures === undefined) continue;
      errors.push(...failures.map(({ id, error }) => new SelkieError(`${doing} container ${id}: ${error.message}`, { cause: error })));
      if (failures.length === 0) print(pod);
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      errors.push(error);
    }
  }
  throwLast(errors);
}
