import { describe, expect, it } from 'vitest';
import { applyConfigStep, type StageState } from '../../../src/build/config-steps.ts';
import { parseContainerfile } from '../../../src/build/containerfile.ts';
import { createdBy } from '../../../src/build/history.ts';
import { neededStages, planStages } from '../../../src/build/stages.ts';

const plan = (text: string, args: Record<string, string> = {}, target?: string) =>
  planStages(parseContainerfile(text), new Map(Object.entries(args)), target);

function apply(text: string, buildArgs: Record<string, string> = {}): { state: StageState; history: string[] } {
  const state: StageState = {
    config: {},
    args: new Map(),
    declared: new Set(),
    cmdSet: false,
    escapeChar: '\\',
    buildArgs: new Map(Object.entries(buildArgs)),
    globalArgs: new Map(),
  };
  const history = parseContainerfile(text).instructions.map((instruction) => {
    applyConfigStep(instruction, state);
    return createdBy(instruction, state);
  });
  return { state, history };
}

describe('planStages', () => {
  it('expands bases by arguments before the first FROM', () => {
    const { stages } = plan('ARG V=1\nARG N\nFROM img:$V AS one\nRUN a\nFROM one\n', { V: '2' });
    expect(stages.map(({ base, name }) => [base, name])).toEqual([
      ['img:2', 'one'],
      ['one', '1'],
    ]);
  });

  it('leaves out stages that the target does not need', () => {
    const { stages } = plan('FROM a AS x\nFROM b AS y\nFROM c AS z\nCOPY --from=x /1 /1\n');
    expect(neededStages(stages, true, () => false).map((stage) => stage.name)).toEqual(['x', 'z']);
    expect(() => plan('FROM a', {}, 'nope')).toThrow('the target "nope" was not found');
  });
});

describe('configuration steps', () => {
  it('writes the history that buildah writes', () => {
    const { history } = apply('ARG A=1\nARG B\nENV P=$A\nRUN echo $A\nRUN ["x"]\nWORKDIR  /w\n');
    expect(history).toEqual([
      '/bin/sh -c #(nop) ARG A',
      '/bin/sh -c #(nop) ARG A',
      '/bin/sh -c #(nop) ENV P=$A',
      '|1 A=1 /bin/sh -c echo $A',
      '|1 A=1 /bin/sh -c ["x"]',
      '/bin/sh -c #(nop) WORKDIR /w',
    ]);
  });

  it('settles environment, ports, volumes, commands and directories', () => {
    const { state } = apply(
      'ENV A=1 B=2\nENV A=3 C=$A\nEXPOSE 80 90-91/udp\nVOLUME /a "/b"\nWORKDIR /x\nWORKDIR y\nCMD echo hi\nUSER 1:2\nSTOPSIGNAL KILL\nLABEL "k"="v $B"\n',
    );
    expect(state.config).toMatchObject({
      Env: ['B=2', 'A=3', 'C=1'],
      ExposedPorts: { '80/tcp': {}, '90/udp': {}, '91/udp': {} },
      Volumes: { '/a': {}, '/b': {} },
      WorkingDir: '/x/y',
      Cmd: ['/bin/sh', '-c', 'echo hi'],
      User: '1:2',
      StopSignal: 'KILL',
      Labels: { k: 'v 2' },
    });
  });

  it('reads health checks', () => {
    const { state } = apply('HEALTHCHECK --interval=1m30s --retries=3 CMD ["a"]');
    expect(state.config.Healthcheck).toEqual({ Test: ['CMD', 'a'], Interval: 90e9, Retries: 3 });
  });

  it.each([
    ['EXPOSE 99999', 'invalid containerPort: 99999'],
    ['SHELL bash', 'SHELL requires the arguments to be in JSON form'],
    ['ONBUILD ONBUILD RUN x', "isn't allowed"],
    ['ENV --x A=1', 'unknown flag: --x'],
  ])('refuses %s', (text, message) => {
    expect(() => apply(text)).toThrow(message);
  });
});
