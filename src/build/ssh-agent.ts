import { statSync } from 'node:fs';
import { SelkieError } from '../errors.ts';

/** An agent that a step can ask; disposing takes it away. */
export interface ForwardedAgent extends AsyncDisposable {
  /** Path of the socket on the host. */
  readonly socket: string;
}

/** Whether a path of --ssh is an agent's socket; else it is a key. @throws SelkieError when there is nothing */
export function isAgentSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch (cause) {
    throw new SelkieError(`stat ${path}: no such file or directory`, { cause });
  }
}

/**
 * Listens on a socket of its own for an agent, or for one that is started for some keys: the agent's own socket may belong to a user
 * whom the step is not. @throws SelkieError
 */
export async function forwardAgent(paths: readonly string[], socket: string): Promise<ForwardedAgent> {
  await using stack = new AsyncDisposableStack();
  const [first = ''] = paths;
  const agent = paths.length === 1 && isAgentSocket(first) ? first : await startAgent(paths, `${socket}.keys`, stack);
  const { createConnection, createServer } = await import('node:net');
  const server = createServer((client) => {
    const upstream = createConnection(agent);
    client.pipe(upstream).pipe(client);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    client.on('error', end);
    upstream.on('error', end);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  stack.defer(() => void server.close());
  const undo = stack.move();
  return { socket, [Symbol.asyncDispose]: () => undo.disposeAsync() };
}

async function startAgent(keys: readonly string[], socket: string, stack: AsyncDisposableStack): Promise<string> {
  const agent = Bun.which('ssh-agent');
  const add = Bun.which('ssh-add');
  if (!agent || !add)
    throw new SelkieError('--ssh with keys needs ssh-agent and ssh-add: install the OpenSSH client, or name the socket of an agent');
  const child = Bun.spawn([agent, '-D', '-a', socket], { stdio: ['ignore', 'ignore', 'ignore'] });
  stack.defer(async () => {
    child.kill();
    await child.exited;
  });
  for (const key of keys) {
    const added = Bun.spawnSync([add, '-q', key], { env: { ...process.env, SSH_AUTH_SOCK: await ready(socket, child) }, stdin: 'ignore' });
    if (added.exitCode !== 0) throw new SelkieError(`parsing ssh key ${JSON.stringify(key)}: ${added.stderr.toString().trim()}`);
  }
  return socket;
}

/** The agent says nothing when it listens; it is asked until it does, or ended. */
async function ready(socket: string, child: Bun.Subprocess): Promise<string> {
  while (!statSync(socket, { throwIfNoEntry: false })) {
    if (child.exitCode !== null) throw new SelkieError(`ssh-agent ended with status ${child.exitCode}`);
    await Bun.sleep(5);
  }
  return socket;
}
