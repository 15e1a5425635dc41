import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

const hasCatatonit = ['/usr/libexec/podman/catatonit', '/usr/bin/catatonit'].some((path) => existsSync(path));

describe.skipIf(!canRun || !hasCatatonit)('kube play', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterEach(() => void scene.podman('pod', 'rm', '-fa', '-t', '0'));
  afterAll(() => scene[Symbol.dispose]());

  const yaml = (text: string): string => {
    const path = join(scene.directory, 'kube.yaml');
    writeFileSync(path, text);
    return path;
  };

  it('makes pods with variables, files and limits, and takes them down', () => {
    const file = yaml(`apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  restartPolicy: Never
  volumes:
  - {name: conf, configMap: {name: settings, defaultMode: 0400}}
  - {name: keys, secret: {secretName: token}}
  - {name: scratch, emptyDir: {}}
  initContainers:
  - {name: first, image: bb, command: [sh, -c, echo made > /scratch/x], volumeMounts: [{name: scratch, mountPath: /scratch}]}
  containers:
  - name: app
    image: bb
    command: [sh, -c]
    args: ['echo $(GREETING) $POD; cat /scratch/x /conf/mode /keys/secret; stat -c %a /conf/mode']
    env:
    - {name: GREETING, valueFrom: {configMapKeyRef: {name: settings, key: greeting}}}
    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    volumeMounts:
    - {name: conf, mountPath: /conf}
    - {name: keys, mountPath: /keys, readOnly: true}
    - {name: scratch, mountPath: /scratch}
---
kind: ConfigMap
metadata: {name: settings}
data: {greeting: hello, mode: "fast\\n"}
---
kind: Secret
metadata: {name: token}
data: {secret: c2VjcmV0Cg==}
`);
    const out = scene.lines('kube', 'play', '--network', 'none', file);
    expect(out.filter((line) => line.endsWith(':'))).toEqual(['Secrets:', 'Pod:', 'Container:']);
    expect(scene.lines('wait', 'web-app')).toEqual(['0']);
    expect(scene.lines('logs', 'web-app')).toEqual(['hello web', 'made', 'fast', 'secret', '400']);
    expect(scene.podman('kube', 'play', '--network', 'none', file).err).toContain('name "web" is in use: pod already exists');
    scene.lines('kube', 'play', '--network', 'none', '--replace', file);
    expect(scene.lines('kube', 'down', '--force', file).slice(0, 1)).toEqual(['Pods stopped:']);
    expect(scene.lines('pod', 'ps', '-q')).toEqual([]);
    expect(scene.lines('secret', 'ls', '-q')).toEqual([]);
    expect(scene.lines('volume', 'ls', '-q')).toEqual([]);
  });

  it('takes the name of a container that has ended out of the hosts file of its pod', () => {
    const file = yaml(`kind: Pod
metadata: {name: p}
spec:
  initContainers: [{name: first, image: bb, command: ['true']}]
  containers:
  - {name: app, image: bb, command: [sleep, '100']}
  - {name: end, image: bb, command: ['true']}
  restartPolicy: Never
`);
    scene.lines('kube', 'play', '--network', 'none', file);
    scene.lines('wait', 'p-end');
    const names = scene.lines('exec', 'p-app', 'cat', '/etc/hosts').map((line) => line.split('\t')[1]);
    expect(names).toEqual(expect.arrayContaining(['p-app']));
    expect(names.join(' ')).not.toMatch(/p-first|p-end/);
  });

  it('leaves no service container without a pod', () => {
    const file = yaml('kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: bb}]}\n');
    const { code, err } = scene.podman('kube', 'play', '--service-container', '--configmap', 'none.yaml', '--network', 'none', file);
    expect([code, err]).toEqual([125, 'Error: open none.yaml: no such file or directory\n']);
    expect(scene.lines('ps', '-aq')).toEqual([]);
  });

  it('refuses what leads out of a volume, and what is not there', () => {
    const pod = (volume: string) => `kind: Pod
metadata: {name: p}
spec:
  volumes: [{name: v, ${volume}}]
  containers: [{name: c, image: bb, volumeMounts: [{name: v, mountPath: /v}]}]
---
kind: ConfigMap
metadata: {name: m}
data: {k: v}
`;
    const play = (text: string) => scene.podman('kube', 'play', '--network', 'none', yaml(text)).err;
    expect(play(pod('configMap: {name: m, items: [{key: k, path: ../../../x}]}'))).toContain('cannot create file "../../../x"');
    expect(play(pod('configMap: {name: gone}'))).toContain('failed to create volume "v": no such ConfigMap "gone"');
    expect(play('kind: ConfigMap\nmetadata: {name: m}')).toContain('ConfigMaps in podman are not a standalone object');
    expect(play('kind: Service')).toContain('YAML document does not contain any supported kube kind');
  });
});

describe.skipIf(!canRun || !hasCatatonit)('kube generate', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterAll(() => scene[Symbol.dispose]());

  it('writes what kube play makes again', () => {
    const file = join(scene.directory, 'made.yaml');
    scene.lines(
      'create',
      '--network=none',
      '--name',
      'my_c',
      '-e',
      'A=1',
      '--memory',
      '64m',
      '-v',
      '/tmp:/data:ro',
      'bb',
      'sh',
      '-c',
      'echo $A; ls -d /data',
    );
    scene.lines('kube', 'generate', '-f', file, 'my_c');
    expect(readFileSync(file, 'utf8')).toContain(`spec:
  containers:
  - command:
    - sh
    - -c
    - echo $A; ls -d /data
    env:
    - name: A
      value: "1"
    image: localhost/bb:latest
    name: myc
    resources:
      limits:
        memory: 64Mi
    volumeMounts:
    - mountPath: /data
      name: tmp-host-0
      readOnly: true
`);
    scene.lines('kube', 'play', '--network', 'none', file);
    expect(scene.lines('inspect', '-f', '{{.HostConfig.Memory}}', 'myc-pod-myc')).toEqual([String(64 * 2 ** 20)]);
    expect(scene.podman('kube', 'generate', '-f', file, 'my_c').err).toContain('file exists');
    scene.lines('kube', 'down', file);
  });
});
