import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateServices, writeService } from '../../../src/systemd/quadlet/generate.ts';
import { unitDirectories } from '../../../src/systemd/quadlet/unit-directories.ts';
import { UnitFile } from '../../../src/systemd/quadlet/unit-file.ts';
import { joinWords, splitWords } from '../../../src/systemd/quadlet/words.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-quadlet-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  delete process.env['QUADLET_UNIT_DIRS'];
});

function write(name: string, text: string): void {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), text);
}

/** What comes of the units written so far: the text of each service, and all that was said. */
function generate(isUser = false): { services: Record<string, string>; said: string[] } {
  const said: string[] = [];
  const { services, errors } = generateServices([directory], { isUser, warn: (text) => said.push(text), debug: () => {} });
  return { services: Object.fromEntries(services.map((service) => [service.name, String(service)])), said: [...said, ...errors] };
}

const start = (text: string | undefined): string => /^ExecStart=(.*)$/m.exec(text ?? '')?.[1] ?? '';

describe('a .container', () => {
  it('is a service that runs it, tells when it runs, and leaves nothing', () => {
    write(
      'web.container',
      '# Mine\n[Unit]\nDescription=Web\n\n[Container]\nImage=quay.io/a/web:1\nPublishPort=8080:80\n\n[Install]\nWantedBy=default.target\n',
    );
    expect(generate().services).toEqual({
      'web.service': [
        '# Mine',
        '[Unit]',
        'Wants=network-online.target',
        'After=network-online.target',
        'Description=Web',
        `SourcePath=${directory}/web.container`,
        'RequiresMountsFor=%t/containers',
        '',
        '[X-Container]',
        'Image=quay.io/a/web:1',
        'PublishPort=8080:80',
        '',
        '[Install]',
        'WantedBy=default.target',
        '',
        '[Service]',
        'Environment=PODMAN_SYSTEMD_UNIT=%n',
        'KillMode=mixed',
        'ExecStop=/usr/bin/podman rm -v -f -i systemd-%N',
        'ExecStopPost=-/usr/bin/podman rm -v -f -i systemd-%N',
        'Delegate=yes',
        'Type=notify',
        'NotifyAccess=all',
        'SyslogIdentifier=%N',
        'ExecStart=/usr/bin/podman run --name systemd-%N --replace --rm --cgroups=split --sdnotify=conmon -d --publish 8080:80 quay.io/a/web:1',
        '',
      ].join('\n'),
    });
  });

  it.each([
    ['Exec=sh -c "echo \\"hi\\" \'a b\' \\x41"', `localhost/x sh -c "echo\\x20\\"hi\\"\\x20'a\\x20b'\\x20A"`],
    ['Environment=A=1 "B=x y"\nEnvironment=A=2', '--env A=2 --env "B=x\\x20y"'],
    ['Volume=./rel:/rel:Z\nVolume=/anon', '-v DIR/rel:/rel:Z -v /anon'],
    ['AddDevice=-/dev/no-such\nAddDevice=-/dev/null:/dev/x', '-d --device /dev/null:/dev/x localhost'],
    ['Mount=type=bind,src=./foo,dst=/foo', '--mount type=bind,source=DIR/foo,dst=/foo'],
    ['Notify=healthy\nHealthCmd=true', '--sdnotify=healthy -d --health-cmd true'],
    ['AddCapability=CAP_NET_ADMIN\nDropCapability=ALL', '--cap-drop all --cap-add cap_net_admin'],
    ['Entrypoint=', '--entrypoint='],
    ['RemapUsers=auto\nRemapUid=0:1:2\nRemapUidSize=100', '--userns auto:uidmapping=0:1:2,size=100'],
    ['DNS=1.1.1.1\nDNS=\nDNS=2.2.2.2', 'split --dns 2.2.2.2 --sdnotify'],
    ['PodmanArgs=--cpus \\\n  2', '--cpus 2 localhost/x'],
    ['GlobalArgs=--log-level=debug\nContainersConfModule=/m.conf', 'podman --module=/m.conf --log-level=debug run'],
  ])('%j', (keys, words) => {
    write('c.container', `[Container]\nImage=localhost/x\n${keys}\n`);
    const { services, said } = generate();
    expect([start(services['c.service']), said]).toEqual([expect.stringContaining(words.replace('DIR', directory)), []]);
  });

  it.each([
    ['', 'no Image or Rootfs key specified'],
    ['Image=localhost/x\nRootfs=/r', 'the Image And Rootfs keys conflict can not be specified together'],
    ['Image=localhost/x\nColour=red', `unsupported key 'Colour' in group 'Container' in DIR/c.container`],
    ['Image=no-such.image', 'requested Quadlet image no-such.image was not found'],
    ['Image=localhost/x\nPod=p', 'pod p is not Quadlet based'],
    ['Image=localhost/x\nGroup=5', 'invalid Group set without User'],
    ['Image=localhost/x\n[Service]\nKillMode=process', "invalid KillMode 'process'"],
    ['Image=localhost/x\n[Service]\nType=simple', "invalid service Type 'simple'"],
  ])('%j is refused, the others are made', (keys, reason) => {
    write('c.container', `[Container]\n${keys}\n`);
    write('good.volume', '[Volume]\n');
    expect(generate()).toMatchObject({
      services: { 'good-volume.service': expect.anything() },
      said: [`converting "c.container": ${reason.replace('DIR', directory)}`],
    });
  });

  it('has the drop-ins of its name, of its beginning and of all containers', () => {
    write('a-b.container', '[Container]\nImage=localhost/x\n');
    write('a-b.container.d/10.conf', '[Container]\nLabel=own=1\n');
    write('a-.container.d/20.conf', '[Container]\nLabel=some=1\n');
    write('container.d/10.conf', '[Container]\nLabel=hidden=1\n');
    write('container.d/30.conf', '[Container]\nLabel=all=1\n');
    expect(start(generate().services['a-b.service'])).toContain('--label all=1 --label own=1 --label some=1');
  });
});

describe('units that refer to each other', () => {
  it('need the services of what they name, and use what those make', () => {
    write(
      'c.container',
      '[Container]\nImage=i.image\nVolume=v.volume:/data\nNetwork=n.network:ip=10.0.0.2\nPod=p.pod\n[Unit]\nAfter=k.kube other.service\n',
    );
    write('i.image', '[Image]\nImage=quay.io/x/y:1\n');
    write('v.volume', '[Volume]\nVolumeName=data\n');
    write('n.network', '[Network]\nSubnet=10.0.0.0/24\n');
    write('p.pod', '[Pod]\nPodName=group\n');
    write('k.kube', '[Kube]\nYaml=k.yml\n');
    const { services, said } = generate();
    expect(said).toEqual([]);
    const { 'c.service': container, 'p-pod.service': pod } = services;
    expect(container).toContain('After=k.service other.service\n');
    for (const name of ['i-image', 'v-volume', 'n-network'])
      expect(container).toContain(`Requires=${name}.service\nAfter=${name}.service\n`);
    expect(container).toContain('BindsTo=p-pod.service\nAfter=p-pod.service\n');
    expect(start(container)).toMatch(/--network systemd-n:ip=10.0.0.2 .*-v data:\/data .*--pod group quay.io\/x\/y:1$/);
    expect(pod).toContain('Wants=c.service\nBefore=c.service\n');
    expect(pod).toContain(
      'ExecStartPre=/usr/bin/podman pod create --infra-conmon-pidfile=%t/%N.pid --replace --exit-policy stop --infra-name group-infra --name group\n',
    );
    expect(start(services['k.service'])).toBe(`/usr/bin/podman kube play --replace --service-container=true ${directory}/k.yml`);
  });
});

it.each([
  [
    'v.volume',
    '[Volume]\nDevice=/dev/x\nType=ext4\nOptions=ro\nUser=5\nCopy=false',
    'volume create --ignore --opt nocopy --opt device=/dev/x --opt type=ext4 --opt o=uid=5,ro systemd-v',
  ],
  [
    'n.network',
    '[Network]\nSubnet=10.0.0.0/24\nGateway=10.0.0.1\nSubnet=10.1.0.0/24\nInternal=true',
    'network create --ignore --internal --subnet 10.0.0.0/24 --gateway 10.0.0.1 --subnet 10.1.0.0/24 systemd-n',
  ],
  ['i.image', '[Image]\nImage=quay.io/x/y\nTLSVerify=false', 'image pull --tls-verify=false quay.io/x/y'],
  ['a.artifact', '[Artifact]\nArtifact=quay.io/x/a:1\nQuiet=true', 'artifact pull --quiet quay.io/x/a:1'],
  [
    'b.build',
    '[Build]\nImageTag=localhost/b\nFile=./Containerfile\nSetWorkingDirectory=unit',
    'build --tag localhost/b --file ./Containerfile DIR',
  ],
])('%s: %j', (name, text, command) => {
  write(name, text);
  const [service] = Object.values(generate().services);
  expect(start(service)).toBe(`/usr/bin/podman ${command.replace('DIR', directory)}`);
});

it('a service is written with the links of its [Install] group, none of which leads out', () => {
  const out = join(directory, 'out');
  mkdirSync(out);
  const text = '[Install]\nWantedBy=a.target ../b.target\nRequiredBy=c.target\nAlias=d.service ../../e.service\n';
  writeService(UnitFile.parse(text, 'x.service'), out, 'generator', () => {});
  expect(readFileSync(join(out, 'x.service'), 'utf8')).toBe(`# Automatically generated by generator\n# \n${text}`);
  expect(readlinkSync(join(out, 'a.target.wants/x.service'))).toBe('../x.service');
  expect(readlinkSync(join(out, 'c.target.requires/x.service'))).toBe('../x.service');
  expect(readlinkSync(join(out, 'd.service'))).toBe('x.service');
  expect(existsSync(join(directory, 'b.target.wants'))).toBe(false);
  expect(existsSync(join(dirname(directory), 'e.service'))).toBe(false);
});

it('directories below those of QUADLET_UNIT_DIRS are searched too, drop-ins apart', () => {
  write('sub/x.container', '');
  write('x.container.d/y.conf', '');
  process.env['QUADLET_UNIT_DIRS'] = directory;
  expect(unitDirectories(false, 0, () => {})).toEqual([directory, join(directory, 'sub')]);
});

it('words survive being joined and split', () =>
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, unit: 'grapheme' })), (words) => {
      fc.pre(!words.some((word) => /[\u0080-\u00a0\u0000]|[^\S \t\n\r\v\f]/.test(word)));
      expect(splitWords(joinWords(words), { keepBackslashes: false })).toEqual(words);
    }),
  ));
it('any text is read or refused, and written as it was read', () =>
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        const unit = UnitFile.parse(text, 'x');
        expect(String(UnitFile.parse(String(unit), 'x'))).toBe(String(unit));
      } catch (error) {
        expect((error as Error).name).toBe('UnitSyntaxError');
      }
    }),
  ));
