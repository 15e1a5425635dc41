import { describe, expect, test } from 'vitest';
import { GoDuration } from '../../../../src/cli/output/go-time.ts';
import { asMap, named, parseTemplate, TemplateError } from '../../../../src/cli/output/template.ts';
import golden from '../../../fixtures/go-templates.json' with { type: 'json' };

/** What the template yields, or the error's text as the command line shows it. */
function evaluate(text: string, data: unknown): string {
  try {
    return parseTemplate('info', text).execute(data);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `Error: ${error.message}\n`;
  }
}

describe('templates without data give what `podman info --format` gives', () => {
  test.each(golden as [string, string][])('%s', (template, expected) => {
    const plain = template.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
    const lineEnd = /unexpected EOF/.test(expected) ? '' : '\n';
    expect(evaluate(`${plain}${lineEnd}`, named('system.infoReport', {}))).toBe(expected);
  });
});

const row = named('containers.psReporter', {
  Id: 'abc',
  Names: ['one', 'two'],
  Labels: { b: '2', a: '1' },
  Size: 12,
  Ratio: 0.25,
  Pod: null,
  network_interface: 'eth0',
  Created: new Date('2026-01-02T03:04:05.670Z'),
  State: { Running: true, Pid: 7 },
  Interval: new GoDuration(90_000_000_000),
  Hello: (name: string) => `hello ${name}`,
});

test.each([
  ['{{.Id}} {{.ID}} {{.NetworkInterface}}', 'abc abc eth0'],
  ['{{.Interval}} {{printf "%d %s" .Interval .Interval}}', '1m30s 90000000000 1m30s'],
  ['{{.Names}} {{join .Names "+"}} {{len .Names}} {{index .Names 1}}', '[one two] one+two 2 two'],
  ['{{.Labels}} {{.Labels.a}} {{.Labels.none}} {{index .Labels "b"}}|{{index .Labels "none"}}|', 'map[a:1 b:2] 1 <no value> 2||'],
  ['{{range $k, $v := .Labels}}{{$k}}={{$v}} {{end}}', 'a=1 b=2 '],
  ['{{.Size}} {{.Ratio}} {{.Pod}} {{.State}} {{printf "%+v" .State}}', '12 0.25 <nil> {true 7} {Running:true Pid:7}'],
  ['{{.Created}}', '2026-01-02 03:04:05.67 +0000 UTC'],
  ['{{.Hello "you"}}', 'hello you'],
  ['{{json .State}} {{json .Labels}} {{json .Pod}}', '{"Running":true,"Pid":7} {"b":"2","a":"1"} null'],
  ['{{if .Pod}}yes{{else}}no{{end}}', 'no'],
  ['{{with .State}}{{.Pid}} {{$.Id}}{{end}}', '7 abc'],
])('%s on a container', (template, expected) => {
  expect(evaluate(template, row)).toBe(expected);
});

test.each([
  ['{{.Foo}}', 'template: info:1:2: executing "info" at <.Foo>: can\'t evaluate field Foo in type containers.psReporter'],
  ['x\n{{.Id.Foo}}', 'template: info:2:5: executing "info" at <.Id.Foo>: can\'t evaluate field Foo in type string'],
  ['{{.id}}', 'template: info:1:2: executing "info" at <.id>: can\'t evaluate field id in type containers.psReporter'],
  ['{{.Pod.Foo}}', 'template: info:1:6: executing "info" at <.Pod.Foo>: nil pointer evaluating interface {}.Foo'],
])('%s fails', (template, message) => {
  expect(evaluate(template, row)).toBe(`Error: ${message}\n`);
});

test('what a map lacks is no error', () => {
  expect(evaluate('{{.a}} {{.b}}', asMap({ a: 1 }))).toBe('1 <no value>');
  expect(evaluate('{{.a}} {{.}}', new Map([['a', 1]]))).toBe('1 map[a:1]');
});
