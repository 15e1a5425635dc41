import { SelkieError } from '../errors.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { InvalidContainerArgument } from './errors.ts';
import { requirePresent } from './sync-state.ts';

const validName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Gives a container another name, here and in its storage record. @throws SelkieError when the name is taken or none */
export async function renameContainer(engine: ContainerEngine, container: Container, name: string): Promise<void> {
  if (!validName.test(name)) throw new InvalidContainerArgument('names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*');
  await engine.locks.with(container.id, () => {
    requirePresent(engine, container);
    const { config } = container;
    if (config.name === name) return;
    const holder = engine.state.nameHolder(name);
    const other = engine.store.containers.find(name);
    if ((holder !== undefined && holder !== config.id) || other?.names.includes(name)) {
      throw new SelkieError(`name "${name}" is in use: container already exists`);
    }
    const before = config.name;
    config.name = name;
    engine.state.saveConfig(container);
    try {
      if (config.rootfs === undefined) {
        engine.store.containers.setNames(config.id, [name]);
        const record = engine.store.containers.find(config.id);
        const metadata = JSON.parse(record?.metadata || '{}') as Record<string, unknown>;
        engine.store.containers.setMetadata(config.id, JSON.stringify({ ...metadata, name }));
      }
    } catch (error) {
      config.name = before;
      engine.state.saveConfig(container);
      throw error;
    }
    engine.events.writeContainerEvent(container, 'rename');
  });
}
