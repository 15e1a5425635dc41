import type { SbomScan } from '../../build/sbom.ts';
import type { SbomMerge } from '../../build/sbom-merge.ts';
import { SelkieError } from '../../errors.ts';

interface SbomFlags {
  readonly sbom?: string;
  readonly 'sbom-image-output'?: string;
  readonly 'sbom-image-purl-output'?: string;
  readonly 'sbom-merge-strategy'?: string;
  readonly 'sbom-output'?: string;
  readonly 'sbom-purl-output'?: string;
  readonly 'sbom-scanner-command'?: readonly string[];
  readonly 'sbom-scanner-image'?: string;
}

const flagNames: (keyof SbomFlags)[] = [
  'sbom',
  'sbom-image-output',
  'sbom-image-purl-output',
  'sbom-merge-strategy',
  'sbom-output',
  'sbom-purl-output',
  'sbom-scanner-command',
  'sbom-scanner-image',
];

type Scanner = Pick<SbomScan, 'image' | 'commands'> & { merge: string };

const cyclonedx = 'merge-cyclonedx-by-component-name-and-version';
const spdx = 'merge-spdx-by-package-name-and-versioninfo';

function syft(format: string, merge: string): Scanner {
  const scan = (what: string): string => `/syft scan -q dir:{${what}} --output ${format}={OUTPUT}`;
  return { image: 'ghcr.io/anchore/syft', commands: [scan('ROOTFS'), scan('CONTEXT')], merge };
}

function trivy(format: string, merge: string): Scanner {
  const scan = (what: string): string => `trivy filesystem -q {${what}} --format ${format} --output {OUTPUT}`;
  return { image: 'ghcr.io/aquasecurity/trivy', commands: [scan('ROOTFS'), scan('CONTEXT')], merge };
}

const presets: Record<string, () => Scanner> = {
  '': () => syft('cyclonedx-json', cyclonedx),
  syft: () => syft('cyclonedx-json', cyclonedx),
  'syft-cyclonedx': () => syft('cyclonedx-json', cyclonedx),
  'syft-spdx': () => syft('spdx-json', spdx),
  trivy: () => trivy('cyclonedx', cyclonedx),
  'trivy-cyclonedx': () => trivy('cyclonedx', cyclonedx),
  'trivy-spdx': () => trivy('spdx-json', spdx),
};

/** The scan that --sbom and its like ask for; undefined without any of them. @throws SelkieError */
export function toSbomScan(
  flags: SbomFlags,
  changed: (name: string) => boolean,
  more: Pick<SbomScan, 'contextDirs' | 'pull'>,
): SbomScan | undefined {
  if (!flagNames.some(changed)) return undefined;
  const preset = presets[flags.sbom ?? '']?.();
  if (!preset) throw new SelkieError(`parsing --sbom flag: unrecognized preset name ${JSON.stringify(flags.sbom)}`);
  const { 'sbom-scanner-image': image = '', 'sbom-scanner-command': commands = [], 'sbom-merge-strategy': merge = '' } = flags;
  const scanner: Scanner = image !== '' || commands.length > 0 || merge !== '' ? { image, commands, merge } : preset;
  if (scanner.image === '' || scanner.commands.length === 0)
    throw new SelkieError('sbom configuration missing one or more of ("--sbom-scanner-image" or "--sbom-scanner-command")');
  const outputs = {
    output: flags['sbom-output'] || undefined,
    imageOutput: flags['sbom-image-output'] || undefined,
    purlOutput: flags['sbom-purl-output'] || undefined,
    imagePurlOutput: flags['sbom-image-purl-output'] || undefined,
  };
  if (Object.values(outputs).every((path) => path === undefined))
    throw new SelkieError(
      'sbom configuration missing one or more of ("--sbom-output", "--sbom-image-output", "--sbom-purl-output" or "--sbom-image-purl-output")',
    );
  if (scanner.commands.length > 1 && scanner.merge === '')
    throw new SelkieError('sbom configuration included multiple "--sbom-scanner-command" values but no "--sbom-merge-strategy" value');
  if (!['', 'cat', cyclonedx, spdx].includes(scanner.merge))
    throw new SelkieError(`sbom arguments included unrecognized merge strategy ${JSON.stringify(scanner.merge)}`);
  return { ...scanner, merge: (scanner.merge || 'cat') as SbomMerge, ...outputs, ...more };
}
