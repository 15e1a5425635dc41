/** Prints what the real skopeo says of selkie's copies from each transport to each: `bun scripts/transport-matrix.ts [SELKIE [SKOPEO]]`. */
import { resolve } from 'node:path';
import { matrixText, type Transport, TransportMatrix, transports, type Verdict } from '../test/interop/transport-matrix.ts';

async function main(): Promise<void> {
  const [ours = 'dist/selkie', theirs = 'skopeo'] = process.argv.slice(2);
  await using matrix = new TransportMatrix(resolve(ours), theirs);
  await matrix.start();
  const cells = {} as Record<Transport, Record<Transport, Verdict>>;
  for (const from of transports) {
    cells[from] = {} as Record<Transport, Verdict>;
    for (const to of transports) cells[from][to] = await matrix.compare(from, to);
  }
  console.log(matrixText(cells));
}

void main();
