import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../../src/image/image-changes.ts';

describe('applyChanges', () => {
  it('applies instructions in order', () => {
    const changes = [
      'CMD ["a","b"]',
      'ENTRYPOINT sleep 1',
      'ENV A=b',
      'env=C="de"',
      'EXPOSE 80',
      'EXPOSE 53/UDP',
      'LABEL x=y z',
      'USER me',
    ];
    expect(applyChanges({}, [...changes, 'VOLUME /a /b', 'WORKDIR /x', 'WORKDIR y', 'STOPSIGNAL TERM', 'ONBUILD RUN x'])).toEqual({
      Cmd: ['a', 'b'],
      Entrypoint: ['/bin/sh', '-c', 'sleep 1'],
      Env: ['A=b', 'C=de'],
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      Labels: { x: 'y z' },
      User: 'me',
      Volumes: { '/a': {}, '/b': {} },
      WorkingDir: '/x/y',
      StopSignal: '15',
      OnBuild: ['RUN x'],
    });
  });

  it.each([
    ['CMD', 'must be formatted as KEY VALUE'],
    ['EXPOSE 70000', 'EXPOSE port must be a valid port number'],
    ['EXPOSE 1/2/3', 'EXPOSE port must be formatted as PORT[/PROTO]'],
    ['EXPOSE 1/sctp', 'EXPOSE protocol must be TCP or UDP'],
    ['LABEL x', 'LABEL must be formatted key=value'],
    ['RUN x', 'invalid instruction RUN'],
    ['USER ', 'must provide a value to USER'],
  ])('refuses %j', (change, reason) => {
    expect(() => applyChanges({}, [change])).toThrow(`invalid change ${JSON.stringify(change)} - ${reason}`);
  });
});
