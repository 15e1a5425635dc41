import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

const hasCatatonit = ['/usr/libexec/podman/catatonit', '/usr/bin/catatonit'].some((path) => existsSync(path));

describe.skipIf(!canRun || !hasCatatonit)('pods', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterEach(() => void scene.podman('pod', 'rm', '-fa', '-t', '0'));
  afterAll(() => scene[Symbol.dispose]());

  const pod = (...args: string[]) => scene.lines('pod', 'create', '--network=none', ...args)[0]!;
  const statusOf = (name: string) => scene.lines('pod', 'inspect', '-f', '{{.State}}', name)[0];

  it('are shown to templates under the names that podman has for the fields', () => {
    pod('--name', 'p', '--security-opt', 'label=type:x', '--label', 'a=b');
    const format =
      '{{.SecurityOpts}} {{.CPUShares}} {{.Labels}} {{.CgroupParent | len | lt 0}} {{range .Containers}}{{.Name | len}}{{end}}';
    expect(scene.lines('pod', 'inspect', '-f', format, 'p')).toEqual(['[label=type:x] 0 map[a:b] true 18']);
    expect(JSON.parse(scene.lines('pod', 'inspect', '-f', '{{json .}}', 'p')[0]!)).toMatchObject({
      Name: 'p',
      security_opt: ['label=type:x'],
    });
  });

  it('share network, IPC and host name, but not processes', () => {
    pod('--name', 'p');
    scene.lines('run', '-d', '--pod', 'p', '--name', 'one', 'bb', 'sh', '-c', 'echo hi > /dev/shm/file; sleep 1000');
    const script = 'until [ -e /dev/shm/file ]; do :; done; cat /dev/shm/file /etc/hostname; readlink /proc/self/ns/net; pwd; echo $$';
    const [file, hostname, net, , pid] = scene.lines('run', '--rm', '--pod', 'p', 'bb', 'sh', '-c', script);
    expect([file, hostname, pid]).toEqual(['hi', 'p', '1']);
    const infra = scene.lines('pod', 'inspect', '-f', '{{.InfraContainerID}}', 'p')[0]!;
    const infraPid = scene.lines('inspect', '-f', '{{.State.Pid}}', infra)[0]!;
    expect(scene.lines('exec', 'one', 'readlink', '/proc/self/ns/net')).toEqual([net]);
    expect(existsSync(`/proc/${infraPid}`)).toBe(true);
    expect(readFileSync(`/proc/${infraPid}/cgroup`, 'utf8')).toContain(scene.lines('pod', 'inspect', '-f', '{{.ID}}', 'p')[0]);
  });

  it('go from created over running to exited, their containers with them', () => {
    pod('--name', 'p');
    scene.lines('create', '--pod', 'p', '--name', 'c', 'bb', 'sleep', '1000');
    expect(statusOf('p')).toBe('Created');
    expect(scene.lines('pod', 'start', 'p')).toEqual(['p']);
    expect(statusOf('p')).toBe('Running');
    expect(scene.podman('pod', 'rm', 'p')).toMatchObject({ code: 125 });
    expect(scene.lines('pod', 'stop', '-t', '0', 'p')).toEqual(['p']);
    expect(statusOf('p')).toBe('Exited');
    expect(scene.lines('pod', 'ps', '-q', '--filter', 'status=exited')).toHaveLength(1);
    scene.lines('pod', 'rm', 'p');
    expect(scene.podman('pod', 'exists', 'p').code).toBe(1);
    expect(scene.lines('ps', '-aq', '--external')).toEqual([]);
  });

  it('stop when their last container ends, if they are told to', () => {
    pod('--name', 'p', '--exit-policy', 'stop');
    scene.lines('run', '--pod', 'p', 'bb', 'true');
    expect(statusOf('p')).toBe('Exited');
  });

  it('run init containers to their end before the others', () => {
    pod('--name', 'p');
    scene.lines('create', '--pod', 'p', '--init-ctr', 'once', 'bb', 'touch', '/dev/shm/ready');
    scene.lines('create', '--pod', 'p', '--name', 'c', 'bb', 'ls', '/dev/shm');
    scene.lines('pod', 'start', 'p');
    scene.lines('wait', 'c');
    expect(scene.lines('logs', 'c')).toEqual(['ready']);
    expect(scene.lines('pod', 'inspect', '-f', '{{.NumContainers}}', 'p')).toEqual(['2']);
  });

  it('keep their infra container until they go', () => {
    const id = pod('--name', 'p');
    const infra = scene.lines('pod', 'inspect', '-f', '{{.InfraContainerID}}', 'p')[0]!;
    const refused = scene.podman('rm', '-f', infra);
    expect(refused.err).toContain(`container ${infra} is the infra container of pod ${id} and cannot be removed without removing the pod`);
    scene.lines('rm', '-f', '--depend', infra);
    expect(scene.podman('pod', 'exists', 'p').code).toBe(1);
  });

  it('are made by the way, and not left behind when the container cannot be made', () => {
    scene.lines('run', '--rm', '--network=none', '--pod', 'new:q', '--hostname', 'there', 'bb', 'hostname');
    expect(scene.lines('pod', 'ps', '--format', '{{.Name}}')).toEqual(['q']);
    expect(scene.podman('create', '--network=none', '--pod', 'new:r', '--hostname', 'a/b', 'bb').code).toBe(125);
    expect(scene.lines('pod', 'ps', '--format', '{{.Name}}')).toEqual(['q']);
  });

  it('give their volumes to every container', () => {
    pod('--name', 'p', '--volume', `${scene.directory}:/host`, '--volume', 'shared:/shared');
    scene.lines('run', '--rm', '--pod', 'p', 'bb', 'sh', '-c', 'echo 1 > /shared/x; echo 2 > /host/from-pod');
    expect(scene.lines('run', '--rm', '--pod', 'p', 'bb', 'cat', '/shared/x')).toEqual(['1']);
    expect(readFileSync(join(scene.directory, 'from-pod'), 'utf8')).toBe('2\n');
  });

  it('can be cloned with what is in them', () => {
    pod('--name', 'p', '--label', 'a=b');
    scene.lines('create', '--pod', 'p', '--name', 'c', 'bb', 'hostname');
    scene.lines('pod', 'clone', '--start', 'p');
    scene.lines('wait', 'c-clone');
    expect(scene.lines('logs', 'c-clone')).toEqual(['p-clone']);
    expect(scene.lines('pod', 'inspect', '-f', '{{.NumContainers}} {{.Labels}}', 'p-clone')).toEqual(['2 map[a:b]']);
  });
});
