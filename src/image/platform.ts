/** Operating system, architecture and variant in Go's words. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}

const goArchitectures: Record<string, string> = {
  x64: 'amd64',
  ia32: '386',
  arm64: 'arm64',
  arm: 'arm',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  mips64el: 'mips64le',
  loong64: 'loong64',
};

/** This machine's. */
export function hostPlatform(): Platform {
  const architecture = goArchitectures[process.arch] ?? process.arch;
  return architecture === 'arm64' ? { os: process.platform, architecture, variant: 'v8' } : { os: process.platform, architecture };
}

/** Compatible variants of an architecture, best first. */
const variants: Record<string, readonly string[]> = {
  amd64: ['v4', 'v3', 'v2', 'v1'],
  arm: ['v8', 'v7', 'v6', 'v5'],
  arm64: ['v9.5', 'v9.4', 'v9.3', 'v9.2', 'v9.1', 'v9', 'v8.8', 'v8.7', 'v8.6', 'v8.5', 'v8.4', 'v8.3', 'v8.2', 'v8.1', 'v8'],
};

/** `os/architecture[/variant]` as typed for --platform. */
export function parsePlatform(text: string): Partial<Platform> {
  const [os, architecture, ...variant] = text.split('/');
  const names = normalizeArchitecture(architecture ?? '', variant.join('/'));
  return {
    ...(os ? { os } : {}),
    ...(architecture ? { architecture: names.architecture } : {}),
    ...(names.variant ? { variant: names.variant } : {}),
  };
}

/** Other tools' names for architectures in Go's. */
export function normalizeArchitecture(architecture: string, variant?: string): { architecture: string; variant?: string } {
  const name = architecture.toLowerCase();
  switch (name) {
    case 'i386':
      return { architecture: '386' };
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return { architecture: 'amd64', ...(variant && variant !== 'v1' ? { variant } : {}) };
    case 'aarch64':
    case 'arm64':
      return { architecture: 'arm64', ...(variant && variant !== '8' && variant !== 'v8' ? { variant } : {}) };
    case 'armhf':
      return { architecture: 'arm', variant: 'v7' };
    case 'armel':
      return { architecture: 'arm', variant: 'v6' };
    default:
      return { architecture: name, ...(variant ? { variant } : {}) };
  }
}

/** What is asked for, then what would do as well: the platforms that an image may have to be chosen, best first. */
export function wantedPlatforms(wanted: Partial<Platform> = {}): Platform[] {
  const host = hostPlatform();
  const os = wanted.os ?? host.os;
  const architecture = wanted.architecture ?? host.architecture;
  const variant =
    wanted.variant ?? (wanted.architecture === undefined || wanted.architecture === host.architecture ? host.variant : undefined);
  const known = variants[architecture];
  if (variant === undefined || variant === '')
    return [{ os, architecture }, ...(known ?? []).map((each) => ({ os, architecture, variant: each }))];
  const position = known?.indexOf(variant) ?? -1;
  const compatible = position < 0 ? [variant] : known!.slice(position);
  return [...compatible.map((each) => ({ os, architecture, variant: each })), { os, architecture }];
}

export function platformMatches(image: Partial<Platform>, wanted: Platform): boolean {
  return image.os === wanted.os && image.architecture === wanted.architecture && (image.variant ?? '') === (wanted.variant ?? '');
}
