import { statSync } from 'node:fs';
import { InvalidOption } from '../create-errors.ts';
import type { DeviceRate } from '../create-options.ts';
import type { OciResources } from '../oci-spec.ts';
import { deviceNumbers } from './devices.ts';

export interface DeviceLimits {
  weightDevices?: { path: string; weight: number }[];
  readBps?: DeviceRate[];
  writeBps?: DeviceRate[];
  readIops?: DeviceRate[];
  writeIops?: DeviceRate[];
}

/** Limits on devices that are named by path, by their numbers; undefined where there are none. @throws InvalidOption */
export function deviceLimits(asked: DeviceLimits): OciResources['blockIO'] | undefined {
  const limits: NonNullable<OciResources['blockIO']> = {};
  if (asked.weightDevices?.length) {
    limits.weightDevice = asked.weightDevices.map(({ path, weight }) => ({
      ...numbersOf(path, (reason) => `failed to inspect '${path}' in --blkio-weight-device: ${reason}`),
      weight,
    }));
  }
  const throttle = (rates: DeviceRate[] | undefined) =>
    rates?.map(({ path, rate }) => {
      const numbers = numbersOf(path, (reason) => `could not parse device ${path}: ${reason}`);
      if (!statSync(path).isBlockDevice()) throw new InvalidOption(`${path}: not a block device`);
      return { ...numbers, rate };
    });
  const kinds = {
    throttleReadBpsDevice: throttle(asked.readBps),
    throttleWriteBpsDevice: throttle(asked.writeBps),
    throttleReadIOPSDevice: throttle(asked.readIops),
    throttleWriteIOPSDevice: throttle(asked.writeIops),
  };
  for (const [kind, devices] of Object.entries(kinds)) if (devices?.length) Object.assign(limits, { [kind]: devices });
  return Object.keys(limits).length > 0 ? limits : undefined;
}

function numbersOf(path: string, message: (reason: string) => string): { major: number; minor: number } {
  let numbers: { major: number; minor: number };
  try {
    numbers = deviceNumbers(path);
  } catch (error) {
    throw new InvalidOption(message('no such file or directory'), { cause: error });
  }
  return numbers;
}
