import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from '../integration/container-fixture.ts';

const isThere = canRun && spawnSync('docker', ['--version']).status === 0;

describe.skipIf(!isThere)("docker's own client on selkie's socket", () => {
  let scene: ContainerScene;
  let service: ChildProcess;
  let socket: string;
  beforeAll(async () => {
    scene = new ContainerScene();
    scene.busybox();
    socket = join(scene.directory, 'docker.sock');
    service = scene.start('podman', ['system', 'service', '--time', '0', `unix://${socket}`]);
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  afterAll(() => {
    service.kill();
    scene[Symbol.dispose]();
  });

  const docker = (args: string[], input = ''): { code: number | null; out: string; err: string } => {
    const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: scene.directory, DOCKER_BUILDKIT: '0' };
    const { status, stdout, stderr } = spawnSync('docker', args, { env, input, encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' });
    return { code: status, out: stdout, err: stderr };
  };
  const said = (...args: string[]): string => {
    const { code, out, err } = docker(args);
    expect(code, `docker ${args.join(' ')}: ${err}`).toBe(0);
    return out.trimEnd();
  };

  it('runs containers before the eyes of the user', () => {
    expect(docker(['run', '--rm', '--network', 'none', 'bb', 'sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      code: 3,
      out: 'out\n',
      err: 'err\n',
    });
    expect(docker(['run', '-i', '--rm', '--network', 'none', 'bb', 'cat'], 'through\n')).toMatchObject({ code: 0, out: 'through\n' });
    expect(docker(['run', '--rm', '--network', 'none', 'bb', '/nothing']).code).toBe(127);
    expect(said('ps', '-aq')).toBe('');
  });

  it('takes a container through its life', () => {
    said('run', '-d', '--name', 'web', '--network', 'none', '-v', 'data:/d', '-e', 'A=1', 'bb', 'sleep', '100');
    expect(said('ps', '--format', '{{.Names}} {{.State}}')).toBe('web running');
    expect(docker(['exec', 'web', 'sh', '-c', 'echo $A; exit 4'])).toMatchObject({ code: 4, out: '1\n' });
    expect(docker(['exec', '-i', 'web', 'cat'], 'in\n')).toMatchObject({ code: 0, out: 'in\n' });
    expect(said('top', 'web')).toMatch(/UID .*CMD\n.*sleep 100/);
    expect(said('stats', '--no-stream', '--format', '{{.Name}}', 'web')).toBe('web');
    writeFileSync(join(scene.directory, 'file'), 'copied');
    said('cp', join(scene.directory, 'file'), 'web:/root/file');
    said('cp', 'web:/root/file', join(scene.directory, 'back'));
    expect(readFileSync(join(scene.directory, 'back'), 'utf8')).toBe('copied');
    expect(said('diff', 'web')).toContain('A /root/file');
    for (const step of ['pause', 'unpause', 'stop', 'start', 'restart', 'kill'])
      expect(said(step, ...(step === 'stop' || step === 'restart' ? ['-t', '0'] : []), 'web')).toBe('web');
    expect(said('wait', 'web')).toBe('137');
    said('rename', 'web', 'site');
    expect(scene.lines('ps', '-a', '--format', '{{.Names}} {{.State}}')).toEqual(['site exited']);
    expect(said('rm', 'site')).toBe('site');
    expect(said('volume', 'rm', 'data')).toBe('data');
  });

  it('builds, moves and removes images', () => {
    const context = join(scene.directory, 'context');
    mkdirSync(context);
    writeFileSync(join(context, 'Dockerfile'), 'FROM localhost/bb\nARG WHAT\nCOPY file /file\nRUN echo ran $WHAT\nCMD ["cat", "/file"]\n');
    writeFileSync(join(context, 'file'), 'from the context\n');
    const built = said('build', '--network', 'none', '--build-arg', 'WHAT=it', '-t', 'made:v1', context);
    expect(built).toMatch(/ran it[\s\S]*Successfully tagged docker\.io\/library\/made:v1/);
    expect(said('run', '--rm', '--network', 'none', 'made:v1')).toBe('from the context');
    said('tag', 'made:v1', 'made:v2');
    said('save', '-o', join(scene.directory, 'made.tar'), 'made:v2');
    said('rmi', 'made:v1', 'made:v2');
    expect(said('load', '-i', join(scene.directory, 'made.tar'))).toContain('Loaded image: docker.io/library/made:v2');
    expect(said('image', 'inspect', '--format', '{{.Config.Cmd}}', 'made:v2')).toBe('[cat /file]');
    expect(docker(['build', '-t', 'bad', '-'], 'FROM localhost/bb\nRUN exit 7\n')).toMatchObject({ code: 1 });
    expect(docker(['image', 'inspect', 'nope'])).toMatchObject({ code: 1 });
  });

  it('makes networks and volumes', () => {
    const id = said('network', 'create', '--subnet', '10.123.7.0/24', '--label', 'a=b', 'own');
    expect(said('network', 'inspect', '--format', '{{.Id}} {{(index .IPAM.Config 0).Subnet}}', 'own')).toBe(`${id} 10.123.7.0/24`);
    expect(scene.lines('network', 'inspect', '--format', '{{.ID}}', 'own')).toEqual([id]);
    said('network', 'rm', 'own');
    said('volume', 'create', '--label', 'x=y', 'kept');
    expect(said('volume', 'ls', '-q', '--filter', 'label=x')).toBe('kept');
    said('volume', 'rm', 'kept');
  });

  it("is a daemon for skopeo's docker-daemon:", () => {
    const env = { DOCKER_HOST: `unix://${socket}` };
    const place = join(scene.directory, 'layout');
    const copied = scene.run('skopeo', ['copy', '--quiet', '--insecure-policy', 'docker-daemon:localhost/bb:latest', `dir:${place}`], {
      env,
    });
    expect([copied.code, copied.err]).toEqual([0, '']);
    const back = scene.run('skopeo', ['copy', '--quiet', '--insecure-policy', `dir:${place}`, 'docker-daemon:localhost/back:v1'], { env });
    expect([back.code, back.err]).toEqual([0, '']);
    expect(scene.lines('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('localhost/back:v1');
  });
});
