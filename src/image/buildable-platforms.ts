import { readFileSync } from 'node:fs';
import { hostPlatform } from './platform.ts';

/** Platforms by the interpreter that qemu registers for them with the kernel (binfmt_misc). */
const interpreters: Readonly<Record<string, string>> = {
  'qemu-aarch64': 'linux/arm64',
  'qemu-arm': 'linux/arm/v7',
  'qemu-i386': 'linux/386',
  'qemu-mips64': 'linux/mips64',
  'qemu-mips64el': 'linux/mips64le',
  'qemu-ppc64le': 'linux/ppc64le',
  'qemu-riscv64': 'linux/riscv64',
  'qemu-s390x': 'linux/s390x',
  'qemu-x86_64': 'linux/amd64',
};

/** The host's platform, then those whose programs the kernel hands to an emulator. */
export function buildablePlatforms(): string[] {
  const { os, architecture } = hostPlatform();
  const emulated = Object.keys(interpreters)
    .filter(isRegistered)
    .map((name) => interpreters[name]!);
  return [...new Set([`${os}/${architecture}`, ...emulated])];
}

function isRegistered(name: string): boolean {
  try {
    return readFileSync(`/proc/sys/fs/binfmt_misc/${name}`, 'latin1').startsWith('enabled');
  } catch {
    return false;
  }
}
