import { expect, test } from 'vitest';
import { escapeControl } from '../../../../src/cli/output/escape.ts';
import { isJsonFormat, prettyJson, renderObject, renderReport } from '../../../../src/cli/output/report.ts';
import { alignTabs } from '../../../../src/cli/output/tab-writer.ts';

const rows = [
  { ID: 'e0a1b2c3d4e5', Image: 'docker.io/library/alpine:latest', Names: 'a' },
  { ID: 'f', Image: 'b', Names: 'long_name' },
];
const options = { name: 'ps', standard: '{{.ID}}\t{{.Image}}\t{{.Names}}', headings: { ID: 'CONTAINER ID' } };

test('without a format rows stand in columns under headings', () => {
  expect(renderReport(rows, { ...options, format: '' })).toBe(
    'CONTAINER ID  IMAGE                            NAMES\n' +
      'e0a1b2c3d4e5  docker.io/library/alpine:latest  a\n' +
      'f             b                                long_name\n',
  );
});

test('a format is a line for each row, without headings', () => {
  expect(renderReport(rows, { ...options, format: '{{.ID}}\\t{{.Names}}' })).toBe('e0a1b2c3d4e5\ta\nf\tlong_name\n');
});

test('a table of one column is not padded', () => {
  expect(renderReport(rows, { ...options, format: 'table {{.Names}}' })).toBe('NAMES\na\nlong_name\n');
});

test('spaces of a table are tabs', () => {
  expect(renderReport(rows, { ...options, format: 'table {{.ID}} {{.Names}}' })).toBe(
    'CONTAINER ID  NAMES\ne0a1b2c3d4e5  a\nf             long_name\n',
  );
});

test('a heading can be left out, and is in capitals when nothing else is said', () => {
  expect(renderReport(rows, { ...options, format: 'table {{.Names}}', noHeading: true })).toBe('a\nlong_name\n');
  expect(renderReport([{ CreatedAt: 1 }], { ...options, format: 'table {{.CreatedAt}}' })).toBe('CREATED AT\n1\n');
  // Digits are words of their own.
  expect(renderReport([{ IPv6Enabled: true }], { ...options, format: 'table {{.IPv6Enabled}}' })).toBe('I PV 6 ENABLED\ntrue\n');
});

test('a template that ranges by itself is left alone', () => {
  expect(renderReport(rows, { ...options, format: '{{range .}}{{.ID}},{{end}}' })).toBe('e0a1b2c3d4e5,f,\n');
});

test('an escape that spoils a string is read as it stands', () => {
  expect(renderObject('info', '{{printf "a\\nb"}}', {})).toBe('a\nb');
});

test.each([
  ['json', true],
  [' {{ json }} ', true],
  ['{{json .}}', false],
  ['{{json .ID}}', false],
  ['table json', false],
])('isJsonFormat(%s)', (format, expected) => expect(isJsonFormat(format)).toBe(expected));

test('columns are aligned among lines that have them', () => {
  expect(alignTabs('a\tb\tc\nlonger than twelve\tx\nno tab\nz\ty\n')).toBe(
    'a                   b           c\nlonger than twelve  x\nno tab\nz           y\n',
  );
});

test('a list shows what would steer a terminal', () => {
  expect(renderReport([{ ID: 'a\x1b]0;title\x07', Image: '', Names: '' }], { ...options, format: '' })).toContain('a\\x1b]0;title\\x07');
  expect(prettyJson({ a: '\u009b1m\u202e' })).toBe('{\n    "a": "\\u009b1m\\u202e"\n}');
});

test('control characters of strangers never reach the terminal', () => {
  expect(escapeControl('a\x1b[31mb\x07\u009b\u202e\n')).toBe('a\\x1b[31mb\\x07\\x9b\\u202e\\n');
  expect(escapeControl('two\nlines', { multiline: true })).toBe('two\nlines');
});
