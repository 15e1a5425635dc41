import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerEngine } from '../container/engine.ts';
import { debug } from '../diagnostics.ts';
import type { LocalImage } from '../image/local-image.ts';
import type { PullOptions, PullPolicy } from '../image/pull-options.ts';
import { InvalidKube } from './errors.ts';

export interface ImageOptions {
  /** Where directories with Containerfiles are looked for. */
  contextDir: string;
  /** true: build wherever there is a Containerfile; false: never; undefined: where the image is not there. */
  build?: boolean;
  buildImage: (name: string, containerfile: string) => Promise<void>;
  pull: PullOptions;
}

/** The image of a container: built from the directory that has its name, or pulled by its policy. @throws SelkieError */
export async function obtainImage(
  engine: ContainerEngine,
  name: string,
  policy: string | undefined,
  options: ImageOptions,
): Promise<LocalImage> {
  const containerfile = options.build === false ? undefined : findContainerfile(name, options.contextDir);
  if (containerfile !== undefined && (options.build || !engine.images.exists(name))) {
    await options.buildImage(name, containerfile);
    return engine.images.lookup(name);
  }
  const chosen = pullPolicy(name, policy);
  debug(`Pulling image ${name} (policy: ${chosen})`);
  const [image] = await engine.images.pull(name, { ...options.pull, policy: chosen });
  return image ?? engine.images.lookup(name);
}

/** `quay.io/me/app:v1` is built in the directory `app`. */
function findContainerfile(name: string, contextDir: string): string | undefined {
  const directory = name.split(':')[0]!.split('/').at(-1)!.split('@')[0]!;
  return ['Containerfile', 'Dockerfile'].map((file) => join(contextDir, directory, file)).find((path) => existsSync(path));
}

/** Without a policy an image without tag, or with `latest`, is looked for anew, any other only where it is missing. */
function pullPolicy(name: string, policy: string | undefined): PullPolicy {
  const policies: Record<string, PullPolicy> = {
    always: 'always',
    missing: 'missing',
    ifnotpresent: 'missing',
    never: 'never',
    newer: 'newer',
    ifnewer: 'newer',
  };
  if (policy) {
    const known = policies[policy.toLowerCase()];
    if (known === undefined) throw new InvalidKube(`unsupported pull policy ${JSON.stringify(policy.toLowerCase())}`);
    return known;
  }
  const isFull = /^(localhost|[^/]*[.:][^/]*)\//.test(name);
  const tag = /:([^/@]+)(?:@.*)?$/.exec(name)?.[1];
  return isFull && (tag === undefined || tag === 'latest') ? 'newer' : 'missing';
}
