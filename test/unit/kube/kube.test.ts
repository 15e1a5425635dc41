import { describe, expect, it, test } from 'vitest';
import { podOf, readConfigMaps, readObjects } from '../../../src/kube/documents.ts';
import { expandVariables } from '../../../src/kube/expand.ts';
import { parseQuantity } from '../../../src/kube/quantity.ts';
import { seccompProfile } from '../../../src/kube/seccomp.ts';
import { volumesFromOf } from '../../../src/kube/volumes-from.ts';

describe('objects of a YAML file', () => {
  it('come with what pods need before the pods, lists taken apart', () => {
    const yaml = `kind: Pod
metadata: {name: p}
---
# nothing
---
kind: List
items: [{kind: Secret, metadata: {name: s}}, {kind: Deployment, metadata: {name: d}}]
---
kind: ConfigMap
metadata: {name: c}
`;
    expect(readObjects(yaml).map(({ kind }) => kind)).toEqual(['ConfigMap', 'Secret', 'Pod', 'Deployment']);
  });

  it('are read as Kubernetes reads numbers: a leading zero is octal, yes is a text', () => {
    const [object] = readObjects('kind: Pod\nspec: {mode: 0644, plain: 644, answer: yes}');
    expect((object as unknown as { spec: object }).spec).toEqual({ mode: 0o644, plain: 644, answer: 'yes' });
  });

  it('have texts where texts are wanted, whatever they look like', () => {
    const pod = podOf(
      readObjects('kind: Pod\nmetadata: {name: 1, labels: {a: 1}}\nspec: {containers: [{name: c, command: [true, 5]}]}')[0]!,
    )!;
    expect(pod.name).toBe('1');
    expect(pod.template.metadata.labels).toEqual({ a: '1' });
    expect(pod.template.spec.containers![0]!.command).toEqual(['true', '5']);
  });

  it('fail where they are none', () => {
    expect(() => readObjects('a: [')).toThrow('multi doc yaml could not be split');
    expect(() => readObjects('just text')).toThrow("couldn't get object kind");
    expect(() => readObjects('kind: Pod\nmetadata: {labels: {a: [1]}}')).toThrow('value of labels.a must be a string');
    expect(() => podOf(readObjects('kind: Pod\nmetadata: {name: p}\nspec: {containers: x}')[0]!)).toThrow('must be a list of objects');
    expect(() => readConfigMaps('kind: Pod')).toThrow('invalid YAML kind: "Pod". [ConfigMap] is the only supported by --configmap');
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefg'.split('').map((c, at) => `${c}: &${c} [${Array(10).fill(`*${'abcdef'[at]}`)}]`),
    ];
    expect(() => readObjects(bomb.join('\n'))).toThrow('alias');
  });

  it('stand for pods', () => {
    expect(podOf(readObjects('kind: Job\nmetadata: {name: j}')[0]!)?.name).toBe('j-pod');
    expect(podOf(readObjects('kind: Secret\nmetadata: {name: s}')[0]!)).toBeUndefined();
    expect(() => podOf(readObjects('kind: DaemonSet')[0]!)).toThrow('daemonSet does not have a name');
  });
});

test.each([
  ['500m', 0.5],
  ['64Mi', 64 * 2 ** 20],
  ['1e3', 1000],
  ['2k', 2000],
  [3, 3],
  [undefined, 0],
])('quantity %s', (text, value) => expect(parseQuantity(text)).toBe(value));

test.each(['', '1KiB', 'x', '1 000'])('no quantity: %j', (text) => expect(() => parseQuantity(text)).toThrow('quantities must match'));

test.each([
  ['$(A)-$(B)', '1-$(B)'],
  ['$$(A)', '$(A)'],
  ['$A $( A) $', '$A $( A) $'],
])('expansion of %s', (text, expanded) => expect(expandVariables(text, { A: '1' })).toBe(expanded));

test('seccomp profiles stay below their directory', () => {
  const of = (value: string) => seccompProfile({ 'seccomp.security.alpha.kubernetes.io/pod': value }, 'c', '/profiles');
  expect(of('localhost/one.json')).toBe('/profiles/one.json');
  expect(of('runtime/default')).toBeUndefined();
  expect(() => of('/etc/passwd')).toThrow('invalid seccomp path');
});

test('volumes of containers of the same pod go by its name', () => {
  const of = (value: string) => volumesFromOf('c', 'p', new Set(['a']), { 'io.podman.annotations.volumes-from/c': value });
  expect(of('a:ro;other')).toEqual(['p-a:ro', 'other']);
  expect(() => of('c')).toThrow('to and from container names cannot be same');
});
