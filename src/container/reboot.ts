import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { nowText } from './clock.ts';
import type { ContainerEngine } from './engine.ts';

/**
 * What ran before the boot has ended: states are settled, pids and addresses forgotten. Repeatable; called by the first command
 * after a boot, before it reads anything.
 */
export function refreshAfterReboot(engine: ContainerEngine): void {
  const { state } = engine;
  const addressed = new Map<string, string[]>();
  state.transaction(() => {
    for (const container of state.list()) {
      const before = container.state;
      if (before.networkStatus) addressed.set(container.id, Object.keys(before.networkStatus));
      const wasStarted = before.status !== 'configured' && before.status !== 'exited';
      container.state = {
        ...before,
        status:
          before.status === 'configured' || before.status === 'created'
            ? 'configured'
            : before.status === 'removing'
              ? 'removing'
              : 'exited',
        finished: wasStarted && before.status !== 'created' && before.status !== 'stopped' ? nowText() : before.finished,
        exited: before.exited || (wasStarted && before.status !== 'created'),
        pid: 0,
        pidStart: '',
        conmonPid: 0,
        mountpoint: '',
        mounted: false,
        netns: '',
        networkStatus: undefined,
        execSessions: [],
        cgroupPath: '',
        bindMounts: {},
        restartPolicyMatch: false,
        startupHealthcheckPassed: false,
        cleanupByForeground: 0,
      };
      state.saveState(container);
      for (const session of state.execSessions<{ id: string }>(container.id)) state.removeExecSession(session.id);
      rmSync(join(engine.paths.exitsDir, container.id), { force: true });
    }
  });
  if (addressed.size > 0) giveBackAddresses(engine, addressed);
  engine.events.writeEvent('system', 'refresh');
}

/** The book of addresses is gone with /run, but may have outlived a runroot elsewhere. */
function giveBackAddresses(engine: ContainerEngine, addressed: ReadonlyMap<string, string[]>): void {
  const { releaseAddresses } = require('../network/ipam.ts') as typeof import('../network/ipam.ts');
  const { networksOf } = require('./network-request.ts') as typeof import('./network-request.ts');
  const { paths } = networksOf(engine);
  for (const [id, names] of addressed) releaseAddresses(paths, id, names);
}
