import type { CreateOptions } from '../../container/create-options.ts';
import type { ContainerEngine } from '../../container/engine.ts';
import type { Exchange } from './exchange.ts';

/** What handlers work with. */
export interface Service {
  readonly engine: ContainerEngine;
  /** The releases whose API is spoken, as headers tell. */
  readonly versions: { podman: string; buildah: string };
  /** Reads the flags of `create`, image and command: Docker's settings are put into effect as podman's flags are. @throws SelkieError */
  readonly createOptions: (argv: readonly string[]) => CreateOptions;
  /** `build` with these flags and context; what it says, and what RUN steps print, goes to the end of the file. @throws SelkieError */
  readonly build: (argv: readonly string[], logFile: string) => Promise<{ imageId: string }>;
  /** What `podman info` tells, by the keys of its JSON. */
  readonly info: () => Promise<Record<string, unknown>>;
}

export type Handler = (exchange: Exchange, service: Service) => Promise<void> | void;

export interface Route {
  method: string;
  /** `/containers/{name}/json`; a name may have slashes in it. */
  path: string;
  handler: Handler;
}

export interface Found {
  handler: Handler;
  parameters: Record<string, string>;
}

/** Finds the route of a request; the first that fits is taken. */
export class Router {
  private readonly compiled: { method: string; pattern: RegExp; handler: Handler }[];

  constructor(routes: readonly Route[]) {
    this.compiled = routes.map(({ method, path, handler }) => ({
      method,
      pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>.+)')}$`),
      handler,
    }));
  }

  /** 'method': the path is known, but not with this method. */
  find(method: string, path: string): Found | 'method' | undefined {
    let known = false;
    for (const route of this.compiled) {
      const match = route.pattern.exec(path);
      if (match === null) continue;
      known = true;
      if (route.method === method || (route.method === 'GET' && method === 'HEAD')) {
        const parameters = Object.fromEntries(Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]));
        return { handler: route.handler, parameters };
      }
    }
    return known ? 'method' : undefined;
  }
}
