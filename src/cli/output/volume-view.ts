import { GoTime } from './go-time.ts';
import { asMap } from './template/values.ts';

/** An inspected volume as templates see it: fields that JSON leaves out when empty are there. As JSON it is what was inspected. */
export function volumeView(inspected: Record<string, unknown>): object {
  const view = {
    Name: '',
    Driver: '',
    Mountpoint: '',
    CreatedAt: new GoTime(String(inspected['CreatedAt'])),
    Status: asMap({}),
    Labels: {},
    Scope: '',
    Options: {},
    UID: 0,
    GID: 0,
    Anonymous: false,
    MountCount: 0,
    NeedsCopyUp: false,
    NeedsChown: false,
    Timeout: 0,
    StorageID: '',
    LockNumber: 0,
  };
  Object.assign(view, inspected, {
    CreatedAt: view.CreatedAt,
    Labels: asMap({ ...(inspected['Labels'] as object) }),
    Options: asMap({ ...(inspected['Options'] as object) }),
  });
  Object.defineProperty(view, 'toJSON', { value: () => inspected, enumerable: false });
  return view;
}
