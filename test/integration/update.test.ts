import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('update', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterEach(() => void scene.podman('rm', '-fa', '-t', '0'));
  afterAll(() => scene[Symbol.dispose]());
  const show = (format: string): string => scene.lines('inspect', '--format', format, 'c')[0]!;

  it('takes both health checks away', () => {
    scene.lines('create', '--name', 'c', '--net=none', '--health-cmd', 'true', '--health-startup-cmd', 'true', 'bb', 'sleep', '300');
    scene.lines('update', '--no-healthcheck', 'c');
    expect(show('{{json .Config.Healthcheck}} {{json .Config.StartupHealthCheck}}')).toBe('{"Test":["NONE"]} null');
  });

  it('wants a directory for the log of health checks, which is kept whole', () => {
    scene.lines('create', '--name', 'c', '--net=none', '--health-cmd', 'true', 'bb', 'sleep', '300');
    const missing = join(scene.directory, 'missing');
    const complaint = `HealthCheck Log '${missing}' destination error: stat ${missing}: no such file or directory\n`;
    expect(scene.podman('update', '--health-log-destination', missing, 'c').err).toBe(`Error: ${complaint}`);
    expect(scene.once('--health-cmd', 'true', '--health-log-destination', missing, 'bb', 'true').err).toBe(
      `Error: running container create option: ${complaint}`,
    );
    scene.lines('update', '--health-log-destination', scene.directory, 'c');
    expect(show('{{.Config.HealthLogDestination}}')).toBe(scene.directory);
  });

  it("lets the runtime's words stand before its own", () => {
    scene.lines('run', '-d', '--name', 'c', '--net=none', 'bb', 'sleep', '300');
    const { code, err } = scene.podman('update', '--cpuset-cpus', '4095', 'c');
    expect(code).toBe(125);
    expect(err).toMatch(/^.*cpuset.*\nError: `\S+ update --resources=\S+ [0-9a-f]{64}` failed: exit status 1\n$/);
    expect(show('cpus {{.HostConfig.CpusetCpus}}')).toBe('cpus ');
  });

  it('refuses rates of what is no block device', () => {
    scene.lines('create', '--name', 'c', '--net=none', 'bb', 'true');
    expect(scene.podman('update', '--device-read-bps', '/dev/null:5m', 'c').err).toBe('Error: /dev/null: not a block device\n');
    expect(scene.once('--device-write-iops', '/dev/nosuch:5', 'bb', 'true').err).toBe(
      'Error: could not parse device /dev/nosuch: no such file or directory\n',
    );
  });
});
