import { InvalidOption } from '../create-errors.ts';
import type { CreateOptions } from '../create-options.ts';
import { cut } from './cut.ts';
import { parseBool } from './numbers.ts';

export type SecurityOptions = Pick<
  CreateOptions,
  'apparmorProfile' | 'labelOpts' | 'mask' | 'unmask' | 'procOpts' | 'seccompProfile' | 'noNewPrivileges' | 'mounts'
> & { annotations: Record<string, string> };

/** `--security-opt`: `key=value`, or Docker's old `key:value`. Annotations are what inspect shows of them. */
export function parseSecurityOptions(values: string[]): SecurityOptions {
  const found: SecurityOptions = { annotations: {} };
  let labelNested = false;
  for (const option of values) {
    const [key, value] = cut(option, option.includes('=') ? '=' : ':');
    if (value === undefined && key !== 'no-new-privileges') throw new InvalidOption(`invalid --security-opt 1: ${JSON.stringify(option)}`);
    const text = value ?? '';
    switch (key) {
      case 'apparmor':
        found.apparmorProfile = text;
        found.annotations['io.podman.annotations.apparmor'] = text;
        break;
      case 'label':
        if (text === 'nested') {
          labelNested = true;
          break;
        }
        found.labelOpts = [...(found.labelOpts ?? []), text];
        found.annotations['io.podman.annotations.label'] = found.labelOpts.join(',label=');
        break;
      case 'mask':
        found.mask = [...(found.mask ?? []), ...text.split(':')];
        break;
      case 'proc-opts':
        found.procOpts = text.split(',');
        break;
      case 'seccomp':
        found.seccompProfile = text;
        found.annotations['io.podman.annotations.seccomp'] = text;
        break;
      case 'systempaths':
        if (text !== 'unconfined')
          throw new InvalidOption(`invalid systempaths option ${JSON.stringify(text)}, only \`unconfined\` is supported`);
        found.unmask = [...(found.unmask ?? []), 'ALL'];
        break;
      case 'unmask':
        found.unmask = [...(found.unmask ?? []), ...text.split(':')];
        break;
      case 'no-new-privileges': {
        const wanted = value === undefined ? true : parseBool(value);
        if (wanted === undefined) throw new InvalidOption(`invalid --security-opt 2: ${JSON.stringify(option)}`);
        found.noNewPrivileges = wanted;
        break;
      }
      default:
        throw new InvalidOption(`invalid --security-opt 2: ${JSON.stringify(option)}`);
    }
  }
  if (labelNested) {
    found.unmask = [...(found.unmask ?? []), '/sys/fs/selinux', '/proc'];
    found.mounts = [{ source: '/sys/fs/selinux', destination: '/sys/fs/selinux', type: 'bind' }];
    found.annotations['run.oci.mount_context_type'] = 'rootcontext';
  }
  return found;
}
