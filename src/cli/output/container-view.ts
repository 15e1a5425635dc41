import type { HealthConfig } from '../../image/image-config.ts';
import { healthView, hidden as shownAs } from './image-view.ts';

type Fields = Record<string, unknown>;

/** Fields that JSON leaves out when they are empty, and those whose names differ in Go: templates may name them all the same. */
const hidden: Record<string, Fields> = {
  State: {
    ConmonPid: 0,
    Health: null,
    Checkpointed: false,
    CgroupPath: '',
    CheckpointLog: '',
    CheckpointPath: '',
    RestoreLog: '',
    Restored: false,
    StoppedByUser: false,
  },
  Config: {
    StartupHealthCheck: null,
    Healthcheck: null,
    HealthcheckOnFailureAction: '',
    HealthLogDestination: '',
    CreateCommand: [],
    Timezone: '',
    SystemdMode: false,
    Umask: '',
    Secrets: [],
    Passwd: null,
    ChrootDirs: [],
    ExposedPorts: nilMap(),
  },
  HostConfig: { CgroupManager: '', IDMappings: null, Init: false, IntelRdtClosID: '' },
  NetworkSettings: { SecondaryIPAddresses: [], SecondaryIPv6Addresses: [], AdditionalMacAddresses: [], Networks: nilMap() },
};

const network: Fields = { SecondaryIPAddresses: [], SecondaryIPv6Addresses: [], AdditionalMacAddresses: [], NetworkID: '', Aliases: [] };

/** An inspected container for templates: with every field that podman's struct has. */
export function containerView(data: Fields): Fields {
  const config = data['Config'] as Fields;
  const view: Fields = { OCIConfigPath: '', SizeRw: null, SizeRootFs: 0, LockNumber: data['lockNumber'], ID: data['Id'], ...data };
  for (const [section, fields] of Object.entries(hidden)) view[section] = { ...fields, ...(data[section] as Fields) };
  // docker's name for it, and podman's of old
  (view['State'] as Fields)['Healthcheck'] = (view['State'] as Fields)['Health'];
  Object.assign(view['Config'] as Fields, {
    HealthMaxLogCount: config['HealthcheckMaxLogCount'] ?? 0,
    HealthMaxLogSize: config['HealthcheckMaxLogSize'] ?? 0,
    SdNotifyMode: config['sdNotifyMode'] ?? '',
    SdNotifySocket: config['sdNotifySocket'] ?? '',
  });
  for (const check of ['Healthcheck', 'StartupHealthCheck']) {
    const health = config[check] as HealthConfig | undefined;
    if (health === undefined) continue;
    const successes = (config[check] as Fields)['Successes'] ?? 0;
    (view['Config'] as Fields)[check] = Object.assign(healthView(health), check === 'Healthcheck' ? {} : { Successes: successes });
  }
  view['Mounts'] = (data['Mounts'] as Fields[] | null)?.map((mount) => shownAs({ Name: '', SubPath: '', ...mount }, mount)) ?? [];
  const networks = view['NetworkSettings'] as Fields;
  const given = (data['NetworkSettings'] as Fields | undefined)?.['Networks'] as Record<string, Fields> | undefined;
  if (given !== undefined)
    networks['Networks'] = Object.fromEntries(Object.entries(given).map(([name, one]) => [name, shownAs({ ...network, ...one }, one)]));
  // The function `json` of templates leaves out what inspecting without a template does.
  for (const section of Object.keys(hidden)) shownAs(view[section] as Fields, data[section] as Fields);
  return shownAs(view, data);
}

/** Printed as a map with nothing in it, in JSON null. */
function nilMap(): Fields {
  return Object.defineProperty({}, 'toJSON', { value: () => null, enumerable: false });
}
