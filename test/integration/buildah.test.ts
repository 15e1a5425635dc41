import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const isRoot = process.getuid!() === 0;
const directory = mkdtempSync(join(tmpdir(), 'selkie-buildah-'));
// Nobody here may raise limits above the hard ones, which the defaults are.
writeFileSync(join(directory, 'containers.conf'), '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n');
const store = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];

function tool(command: string[], args: string[], input?: string) {
  const { status, stdout, stderr } = spawnSync(command[0]!, [...command.slice(1), ...store, ...args], {
    encoding: 'utf8',
    input,
    env: { ...process.env, CONTAINERS_CONF: join(directory, 'containers.conf') },
  });
  return { status, stdout, stderr };
}
const ours = (...args: string[]) => tool(['dist/selkie', 'buildah'], args);
/** Debian's own, on the same store; it is too old to see records of volatile containers, so it has to make those that both work on. */
const theirs = (...args: string[]) => tool(['buildah'], args);
const image = 'localhost/selkie-hello';
const ran = (container: string, ...command: string[]) => ours('run', '--network', 'none', container, ...command);

describe.runIf(isRoot)('buildah: working containers', () => {
  beforeAll(() => {
    expect(tool(['dist/selkie'], ['load', '-q', '-i', 'dist/hello.tar']).status).toBe(0);
    const [{ Names }] = JSON.parse(tool(['dist/selkie'], ['images', '--format', 'json']).stdout) as [{ Names: string[] }];
    expect(tool(['dist/selkie'], ['tag', Names[0]!, image]).status).toBe(0);
  });
  afterAll(() => {
    ours('rm', '-a');
    ours('rmi', '-fa');
    rmSync(directory, { recursive: true, force: true });
  });

  it('names containers after their image, lists and removes them', () => {
    expect(ours('from', image).stdout).toBe('selkie-hello-working-container\n');
    expect(ours('from', image).stdout).toBe('selkie-hello-working-container-1\n');
    expect(ours('from', '--name', 'mine', 'scratch').stdout).toBe('mine\n');
    const again = ours('from', '--name', 'mine', 'scratch');
    expect(again.status).toBe(125);
    expect(again.stderr).toMatch(/^Error: creating container: the container name "mine" is already in use by [0-9a-f]{64}\./);
    expect(ours('containers', '--format', '{{.ContainerName}} {{.ImageName}}').stdout).toBe(
      `selkie-hello-working-container ${image}:latest\nselkie-hello-working-container-1 ${image}:latest\nmine scratch\n`,
    );
    expect(ours('rename', 'mine', 'yours').status).toBe(0);
    expect(ours('rm', 'yours', 'mine', 'selkie-hello-working-container-1').stderr).toBe(
      'Error: removing container "mine": container not known\n',
    );
    expect(ours('rm', '-a').status).toBe(0);
    expect(ours('containers', '-q').stdout).toBe('');
  });

  it('runs commands with their exit codes, input, user and directory', () => {
    const name = ours('from', image).stdout.trim();
    expect(tool(['dist/selkie', 'buildah'], ['run', '--network', 'none', name, '/bin/cat'], 'typed').stdout).toBe('typed');
    const failed = ran(name, '/bin/sh', '-c', 'exit 7');
    expect([failed.status, failed.stderr]).toEqual([7, 'Error: while running runtime: exit status 7\n']);
    const user = ours(
      'run',
      '--network',
      'none',
      '--user',
      '12:34',
      '--workingdir',
      '/w',
      '-e',
      'V=1',
      name,
      '/bin/sh',
      '-c',
      'id -u; pwd; echo $V',
    );
    expect(user.stdout).toBe('12\n/w\n1\n');
    expect(ran(name, '/bin/sh', '-c', 'grep CapEff /proc/self/status').stdout).not.toContain('1ffffffffff');
    expect(ours('run', name).stderr).toBe('Error: command must be specified\n');
    expect(ours('run', 'nobody', 'ls').stderr).toBe('Error: reading build container "nobody": container not known\n');
    ours('rm', name);
  });

  it('copies and adds, and says the digest of what it was', () => {
    const files = join(directory, 'files');
    mkdirSync(join(files, 'sub'), { recursive: true });
    writeFileSync(join(files, 'a'), 'one');
    writeFileSync(join(files, 'sub', 'b'), 'two');
    expect(spawnSync('tar', ['-C', files, '-cf', join(directory, 'files.tar'), '.']).status).toBe(0);
    const name = theirs('from', image).stdout.trim();
    const copied = ours('copy', '--chown', '5:6', '--chmod', '640', name, join(files, 'a'), '/x/y');
    expect(copied.stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(ran(name, '/bin/busybox', 'stat', '-c', '%a %u %g', '/x/y').stdout).toBe('640 5 6\n');
    ours('add', name, join(directory, 'files.tar'), '/unpacked');
    ours('copy', '--contextdir', files, '--exclude', 'sub', name, '.', '/part');
    ours('copy', '--from', image, name, '/bin/busybox', '/again');
    expect(ran(name, '/bin/sh', '-c', 'cat /unpacked/sub/b; ls /part; ls /again').stdout).toBe('twoa\n/again\n');
    const missing = ours('copy', name, '/not/there', '/x');
    expect(missing.stderr).toBe(
      `Error: adding content to container "${name}": checking on sources under "/": copier: stat: "/not/there": no such file or directory\n`,
    );
    ours('rm', name);
  });

  it('changes the same container in turn with the real buildah, and commits what both did', () => {
    const name = theirs('from', image).stdout.trim();
    expect(
      ours('config', '--env', 'ONE=1', '--env', 'TWO=$ONE-2', '--label', 'who=ours', '--port', '80', '--add-history', name).status,
    ).toBe(0);
    expect(theirs('config', '--workingdir', '/work', '--annotation', 'a=b', name).status).toBe(0);
    expect(ran(name, '/bin/sh', '-c', 'echo made > /made').status).toBe(0);
    for (const one of [ours, theirs]) {
      const shown = one('inspect', '--format', '{{.OCIv1.Config.Env}} {{.Docker.Config.WorkingDir}} {{.OCIv1.Config.Labels.who}}', name);
      expect(shown.stdout).toMatch(/ONE=1 TWO=1-2\] \/work ours$/);
    }
    const committed = ours('commit', '--rm', name, 'result');
    expect(committed.stderr).toMatch(
      /^Getting image source signatures\nCopying blob sha256:[\s\S]*Writing manifest to image destination\n$/,
    );
    expect(theirs('inspect', '--type', 'image', '--format', '{{.FromImageID}}', 'result').stdout).toBe(committed.stdout.trim());
    const info = JSON.parse(ours('inspect', 'result').stdout) as {
      ImageAnnotations: Record<string, string>;
      History: { created_by: string }[];
    };
    expect(info.ImageAnnotations['a']).toBe('b');
    expect(info.History.map((entry) => entry.created_by)).toContain('/bin/sh -c #(nop) ENV ONE=1 TWO=$ONE-2');
    expect(tool(['dist/selkie'], ['run', '--rm', '--network', 'none', 'result', '/bin/sh', '-c', 'cat /made; pwd']).stdout).toBe(
      'made\n/work\n',
    );
  });

  it('S24: puts a file in the place of a link, and writes through none', () => {
    const outside = join(directory, 'outside');
    writeFileSync(outside, 'mine');
    writeFileSync(join(directory, 'new'), 'theirs');
    const name = ours('from', image).stdout.trim();
    expect(ran(name, '/bin/busybox', 'ln', '-s', outside, '/link').status).toBe(0);
    expect(ours('commit', '-q', '--add-file', `${join(directory, 'new')}:/link`, name, 'linked').status).toBe(0);
    expect(readFileSync(outside, 'utf8')).toBe('mine');
    expect(tool(['dist/selkie'], ['run', '--rm', '--network', 'none', 'linked', '/bin/cat', '/link']).stdout).toBe('theirs');
    ours('rm', name);
  });

  it('gives a command devices and namespaces of the host, and changes nothing but the root in a chroot', () => {
    const name = ours('from', '--device', '/dev/null:/dev/selkie0', image).stdout.trim();
    expect(ours('run', name, 'ls', '-l', '/dev/selkie0').stdout).toMatch(/^c/);
    const seen = (kind: string, ...flags: string[]) => ours('run', ...flags, name, 'ls', '-l', `/proc/self/ns/${kind}`).stdout;
    const own = (kind: string) => readlinkSync(`/proc/self/ns/${kind}`);
    expect(seen('ipc', '--ipc', 'host')).toContain(own('ipc'));
    expect(seen('ipc')).not.toContain(own('ipc'));
    expect(seen('pid', '--isolation', 'chroot')).toContain(own('pid'));
    ours('rm', name);
  });

  it('makes a layer of its own of what --link copies, the same whatever it is put upon', () => {
    const file = join(directory, 'linked');
    writeFileSync(file, 'linked');
    const layers = (base: string, target: string): string[] => {
      const name = ours('from', base).stdout.trim();
      expect(ours('copy', '--link', '--chmod', '604', name, file, '/deep/linked').status).toBe(0);
      expect(ours('commit', name, target).status).toBe(0);
      return JSON.parse(ours('inspect', '--type', 'image', target).stdout).OCIv1.rootfs.diff_ids;
    };
    const alone = layers('scratch', 'linked-alone');
    expect(alone).toHaveLength(2);
    expect(layers(image, 'linked-upon').at(-1)).toBe(alone[1]);
  });

  it('mounts, and squashes into one layer', () => {
    const name = ours('from', image).stdout.trim();
    const path = ours('mount', name).stdout.trim();
    writeFileSync(join(path, 'here'), 'x');
    expect(ours('mount').stdout).toBe(`${name} ${path}\n`);
    expect(ours('umount', name).stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(ours('mount').stdout).toBe('');
    expect(ours('commit', '--squash', '-q', '--format', 'docker', name, 'flat').status).toBe(0);
    expect(JSON.parse(ours('inspect', '--type', 'image', 'flat').stdout).Docker.rootfs.diff_ids).toHaveLength(1);
    expect(tool(['dist/selkie'], ['run', '--rm', '--network', 'none', 'flat', '/bin/cat', '/here']).stdout).toBe('x');
  });
});
