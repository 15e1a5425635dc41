import { GoTime } from './go-time.ts';
import { asMap } from './template/values.ts';

/** An inspected volume as templates see it: fields that JSON leaves out when empty are there. As JSON it is what was inspected. */
export function volumeView(inspected: Record<string, unknown>): object {
  const view = {
    UID: 0,
    GID: 0,
    Anonymous: false,
    NeedsCopyUp: false,
    NeedsChown: false,
    Timeout: 0,
    StorageID: '',
    Status: asMap({}),
    ...inspected,
    CreatedAt: new GoTime(String(inspected['CreatedAt'])),
    Labels: asMap({ ...(inspected['Labels'] as object) }),
    Options: asMap({ ...(inspected['Options'] as object) }),
  };
  Object.defineProperty(view, 'toJSON', { value: () => inspected, enumerable: false });
  return view;
}
