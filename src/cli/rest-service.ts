import { readFileSync } from 'node:fs';
import type { ContainerEngine } from '../container/engine.ts';
import { sameStoreCommand } from '../container/exit-command.ts';
import { engineInfo } from '../container/info/engine-info.ts';
import { SelkieError } from '../errors.ts';
import type { Service } from '../service/rest/route.ts';
import { createFlags } from './flags/create.ts';
import { type CreateFlags, toCreateOptions } from './flags/to-create-options.ts';
import { parseLine } from './parse.ts';
import { buildahVersion, podmanVersion, versionFacts } from './version-facts.ts';

/** What the API's service needs of the command line: flags mean the same in a request as in a shell. */
export function restService(engine: ContainerEngine): Service {
  engine.locks.staysResponsive = true;
  return {
    engine,
    versions: { podman: podmanVersion, buildah: buildahVersion },
    createOptions: (argv) => {
      const line = parseLine(argv, [createFlags], { interspersed: false });
      return toCreateOptions(line.values as unknown as CreateFlags, (name) => line.changed.has(name), line.args, engine.conf);
    },
    build: (argv, logFile) => build(engine, argv, logFile),
    info: () => engineInfo(engine, versionFacts('podman'), buildahVersion),
  };
}

/** A build is a process of its own: it enters namespaces, and what it does wrong is not the service's end. */
async function build(engine: ContainerEngine, argv: readonly string[], logFile: string): Promise<{ imageId: string }> {
  const idFile = `${logFile}.iid`;
  const child = Bun.spawn([...sameStoreCommand(engine), 'build', `--logfile=${logFile}`, `--iidfile=${idFile}`, ...argv], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  });
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new SelkieError(/^Error: ([\s\S]*)$/m.exec(said)?.[1]?.trim() ?? said.trim());
  return { imageId: readFileSync(idFile, 'utf8').replace(/^sha256:/, '') };
}
