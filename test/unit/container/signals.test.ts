import { describe, expect, it } from 'vitest';
import { parseSignal, signalName } from '../../../src/container/signals.ts';

describe('parseSignal', () => {
  it.each([
    ['TERM', 15],
    ['sigkill', 9],
    ['9', 9],
    ['-1', 1],
    ['-HUP', 1],
    ['RTMIN+3', 37],
    ['SIGRTMAX-1', 63],
    ['64', 64],
  ])('%s', (name, number) => expect(parseSignal(name)).toBe(number));

  it.each(['0', 'bogus', '', '1.5'])('refuses %j', (name) => expect(() => parseSignal(name)).toThrow(`invalid signal: ${name}`));
});

describe('parseSignal of numbers', () => {
  it.each(['65', '-65', '99999999'])('knows no %s', (number) =>
    expect(() => parseSignal(number)).toThrow('valid signals are 1 through 64'),
  );
  it('names what it refuses without the dash', () => expect(() => parseSignal('-BADSIG')).toThrow('invalid signal: BADSIG'));
});

describe('signalName', () => {
  it.each([
    [15, 'SIGTERM'],
    [6, 'SIGABRT'],
    [34, 'SIGRTMIN'],
    [37, 'SIGRTMIN+3'],
    [49, 'SIGRTMIN+15'],
    [50, 'SIGRTMAX-14'],
    [64, 'SIGRTMAX'],
  ])('%i', (number, name) => expect(signalName(number)).toBe(name));
});
