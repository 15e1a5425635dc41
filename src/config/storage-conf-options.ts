/** storage.conf(5), section [storage]; every key is optional. */
export interface StorageSection {
  driver?: string;
  driver_priority?: string[];
  runroot?: string;
  graphroot?: string;
  imagestore?: string;
  rootless_storage_path?: string;
  transient_store?: boolean;
  options?: StorageOptionsSection;
}

interface DriverSection {
  ignore_chown_errors?: string;
  mountopt?: string;
  mount_program?: string;
  size?: string;
  inodes?: string;
  skip_mount_home?: string;
  use_composefs?: string;
  force_mask?: string | number;
  sync?: string;
}

interface StorageOptionsSection extends DriverSection {
  additionalimagestores?: string[];
  additionallayerstores?: string[];
  imagestore?: string;
  'root-auto-userns-user'?: string;
  'auto-userns-min-size'?: number;
  'auto-userns-max-size'?: number;
  'disable-volatile'?: boolean;
  pull_options?: Record<string, string>;
  overlay?: DriverSection;
  vfs?: DriverSection;
}

/** The driver's options as `driver.key=value`, in the order in which containers/storage lists them. */
export function driverOptionsOf(driver: string, section: StorageSection): string[] {
  const options = section.options;
  if (options === undefined) return [];
  const own = (driver === 'overlay' ? options.overlay : options.vfs) ?? {};
  const keys: (keyof DriverSection)[] =
    driver === 'overlay'
      ? ['ignore_chown_errors', 'mount_program', 'mountopt', 'size', 'inodes', 'skip_mount_home', 'force_mask', 'use_composefs', 'sync']
      : ['ignore_chown_errors', 'sync'];
  const general = new Set<keyof DriverSection>([
    'ignore_chown_errors',
    'mount_program',
    'mountopt',
    'size',
    'skip_mount_home',
    'force_mask',
  ]);
  const named = keys.flatMap((key) => {
    const value = own[key] || (general.has(key) ? options[key] : undefined);
    if (value === undefined || value === '' || value === 0) return [];
    return [`${driver}.${key}=${typeof value === 'number' ? value.toString(8).padStart(4, '0') : value}`];
  });
  return [
    ...(options.additionalimagestores ?? []).map((path) => `imagestore=${path}`),
    ...(options.additionallayerstores ?? []).map((path) => `${driver}.additionallayerstore=${path}`),
    ...named,
  ];
}
