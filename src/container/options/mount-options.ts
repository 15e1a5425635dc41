import { isRootless } from '../../config/paths.ts';
import { InvalidOption } from '../create-errors.ts';
import { cut } from './cut.ts';
import { cleanPath, validateContainerPath } from './volume-options.ts';

export interface MountOptions {
  source: string;
  destination: string;
  options: string[];
  subPath: string;
}

const needsArgument = (name: string) => new InvalidOption(`${name}: must provide an argument for option`);
const moreThanOnce = (text: string) => new InvalidOption(`${text}: must provide an argument for option`);
const badOption = (name: string) => new InvalidOption(`${name}: invalid mount option`);

const propagations = ['shared', 'rshared', 'private', 'rprivate', 'slave', 'rslave', 'unbindable', 'runbindable'];

/** What `--mount type=TYPE` may say besides its type, for bind, volume, tmpfs, ramfs and glob. */
export function parseMountOptions(type: string, tokens: string[]): MountOptions {
  const mount: MountOptions = { source: '', destination: '', options: [], subPath: '' };
  const seen = new Set<string>();
  const once = (key: string, text: string) => {
    if (seen.has(key)) throw moreThanOnce(text);
    seen.add(key);
  };
  const only = (name: string, ...types: string[]) => {
    if (!types.includes(type))
      throw new InvalidOption(`${JSON.stringify(name)} option not supported for ${JSON.stringify(type)} mount types`);
  };
  for (const token of tokens) {
    const [name, value] = cut(token, '=');
    switch (name) {
      case 'bind-nonrecursive':
        only(name, 'bind');
        mount.options.push('bind');
        break;
      case 'bind-propagation':
        only(name, 'bind');
        if (value === undefined) throw needsArgument(name);
        if (!propagations.includes(value)) throw new InvalidOption(`invalid value ${JSON.stringify(token)}`);
        mount.options.push(value);
        break;
      case 'consistency':
        break;
      case 'idmap':
        mount.options.push(value === undefined ? 'idmap' : `idmap=${value}`);
        break;
      case 'readonly':
      case 'ro':
      case 'rw':
        once('rw', "cannot pass 'readonly', 'ro', or 'rw' mnt.Options more than once");
        mount.options.push(...readWrite(name, value));
        break;
      case 'nodev':
      case 'dev':
        once('dev', "cannot pass 'nodev' and 'dev' mnt.Options more than once");
        mount.options.push(name);
        break;
      case 'noexec':
      case 'exec':
        once('exec', "cannot pass 'noexec' and 'exec' mnt.Options more than once");
        mount.options.push(name);
        break;
      case 'nosuid':
      case 'suid':
        once('suid', "cannot pass 'nosuid' and 'suid' mnt.Options more than once");
        mount.options.push(name);
        break;
      case 'noswap':
        once('swap', "cannot pass 'noswap' mnt.Options more than once");
        if (isRootless()) throw moreThanOnce("the 'noswap' option is only allowed with rootful tmpfs mounts");
        mount.options.push(name);
        break;
      case 'relabel':
        once('relabel', "cannot pass 'relabel' option more than once");
        if (value !== 'private' && value !== 'shared')
          throw new InvalidOption(`${name} mount option must be 'private' or 'shared': invalid mount option`);
        mount.options.push(value === 'private' ? 'Z' : 'z');
        break;
      case 'Z':
      case 'z':
      case 'no-dereference':
        mount.options.push(name);
        break;
      case 'src':
      case 'source':
        if (type === 'tmpfs') only(name);
        if (mount.source !== '') throw moreThanOnce(`cannot pass ${JSON.stringify(name)} option more than once`);
        if (value === undefined) throw needsArgument(name);
        if (value === '') throw moreThanOnce('host directory cannot be empty');
        mount.source = value;
        break;
      case 'subpath':
      case 'volume-subpath':
        if (type !== 'volume') throw new InvalidOption(`cannot set option ${JSON.stringify(name)} on non-volume mounts`);
        if (value === undefined) throw needsArgument(name);
        mount.subPath = value;
        break;
      case 'target':
      case 'dst':
      case 'dest':
      case 'destination':
        if (mount.destination !== '') throw moreThanOnce(`cannot pass ${JSON.stringify(name)} option more than once`);
        mount.destination = mountDestination(name, value);
        break;
      case 'tmpcopyup':
      case 'notmpcopyup':
        only(name, 'tmpfs');
        once('copyup', "cannot pass 'tmpcopyup' and 'notmpcopyup' mnt.Options more than once");
        mount.options.push(name);
        break;
      case 'tmpfs-mode':
      case 'tmpfs-size':
        only(name, 'tmpfs');
        if (value === undefined) throw needsArgument(name);
        mount.options.push(`${name.slice('tmpfs-'.length)}=${value}`);
        break;
      case 'U':
      case 'chown':
        once('chown', "cannot pass 'U' or 'chown' option more than once");
        if (wantsChown(value ?? '')) mount.options.push('U');
        break;
      case 'volume-label':
        only(name, 'volume');
        throw new InvalidOption('the --volume-label option is not presently implemented');
      case 'volume-opt':
        only(name, 'volume');
        mount.options.push(token);
        break;
      default:
        if (!propagations.includes(name)) throw badOption(name);
        mount.options.push(name);
    }
  }
  if (type !== 'glob' && mount.destination === '') throw new InvalidOption('must set volume destination');
  return mount;
}

/** The destination of a mount, cleaned. */
export function mountDestination(name: string, value: string | undefined): string {
  if (value === undefined) throw needsArgument(name);
  validateContainerPath(value);
  return cleanPath(value);
}

/** `rw=false` is `ro`, while `ro=false` is the default and says nothing. */
function readWrite(name: string, value: string | undefined): string[] {
  const flag = name === 'readonly' ? 'ro' : name;
  switch (value?.toLowerCase()) {
    case undefined:
    case 'true':
      return [flag];
    case 'false':
      return flag === 'rw' ? ['ro'] : [];
    default:
      return [];
  }
}

function wantsChown(value: string): boolean {
  const lower = value.toLowerCase();
  if (lower === 'true' || lower === '') return true;
  if (lower === 'false') return false;
  throw moreThanOnce(`'U' or 'chown' must be set to true or false, instead received ${JSON.stringify(value)}`);
}

export { badOption, needsArgument };
