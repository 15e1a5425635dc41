import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execForm, keyValues, parseContainerfile } from '../../../src/build/containerfile.ts';
import { ContainerfileError } from '../../../src/build/errors.ts';

const parse = (text: string) => parseContainerfile(text).instructions;

describe('parseContainerfile', () => {
  it('joins continued lines, drops comments inside them and keeps the text as typed', () => {
    const [run] = parse('run echo 1 \\\n   # c\n   && echo 2\n');
    expect(run).toMatchObject({ command: 'RUN', original: 'echo 1    && echo 2', line: 1 });
  });

  it('takes flags off the front and keeps them in the original text', () => {
    const [run] = parse('RUN --mount=type=bind,source=d,target=/mnt --network=none ls /mnt');
    expect(run).toMatchObject({ flags: ['--mount=type=bind,source=d,target=/mnt', '--network=none'], rest: 'ls /mnt' });
    expect(run!.original).toBe('--mount=type=bind,source=d,target=/mnt --network=none ls /mnt');
  });

  it('reads here-documents of RUN and COPY', () => {
    const [run, copy] = parse('RUN <<EOF\na\n b\nEOF\nCOPY <<one <<-"two" /d\nx\none\n\ty $V\n\ttwo\n');
    expect(run!.heredocs).toEqual([{ name: 'EOF', content: 'a\n b\n', expand: true }]);
    expect(copy!.heredocs).toEqual([
      { name: 'one', content: 'x\n', expand: true },
      { name: 'two', content: 'y $V\n', expand: false },
    ]);
  });

  it('does not take a shift or a here-string for a here-document', () => {
    expect(parse('RUN cat <<<word')[0]!.heredocs).toEqual([]);
    expect(parse("RUN echo '<<EOF'")[0]!.heredocs).toEqual([]);
  });

  it('obeys the escape directive', () => {
    expect(parse('# escape=`\nFROM a\nRUN dir c:\\ `\n  /b\n')[1]!.original).toBe('dir c:\\   /b');
  });

  it.each([
    ['FROG scratch', 'unknown instruction: "FROG" (line 1)'],
    ['', 'no build stages in Containerfile: the file has no instructions'],
    ['FROM a\nRUN <<EOF\nx\n', 'unterminated heredoc EOF (line 2)'],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('never fails in another way than with its own error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseContainerfile(`FROM a\n${text}`);
        } catch (error) {
          expect(error).toBeInstanceOf(ContainerfileError);
        }
      }),
    );
  });
});

describe('arguments', () => {
  it('reads exec forms and leaves shell forms that begin with a bracket', () => {
    expect(execForm('["a", "b c"]')).toEqual(['a', 'b c']);
    expect(execForm('[ -f /x ] && true')).toBeUndefined();
    expect(execForm("['a']")).toBeUndefined();
  });

  it('reads pairs in both forms', () => {
    const pairs = (text: string) => keyValues(parse(text)[0]!, '\\');
    expect(pairs('ENV A=1 B="x y" C=a\\ b')).toEqual([
      ['A', '1'],
      ['B', '"x y"'],
      ['C', 'a\\ b'],
    ]);
    expect(pairs('ENV old the rest')).toEqual([['old', 'the rest']]);
    expect(() => pairs('ENV A=1 B')).toThrow(/can't find = in "B"/);
  });
});
