import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { parseScpLocation, type ScpLocation } from '../../scp-location.ts';
import { transferImage } from '../../scp-transfer.ts';

export default class ImageScp extends SelkieCommand {
  static override summary = 'Copy an image to another host';
  static override description =
    'HOST is a connection of `system connection`, an address that ssh understands, or USER@localhost for another user of this machine.';
  static override examples = ['image scp app host::', 'image scp host::app', 'image scp root@localhost::app me@localhost::'];
  static override usage = 'IMAGE [HOST::]';
  static override flags = {
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['images', 'connections'] };

  override run(): void {
    const { flags, args } = this.parse(ImageScp);
    // An address without an image is no source, whatever it leads to.
    if (args[0]!.endsWith('::'))
      throw new SelkieError(`${args.length === 1 ? 'no source image specified' : 'a source image must be specified'}: invalid argument`);
    const source = parseScpLocation(args[0]!);
    const destination = args.length === 1 && source.user === 'root' ? defaultUser() : parseScpLocation(args[1] ?? '');
    if (args.length === 1 && source.image !== '' && !source.remote && source.user === undefined)
      throw new SelkieError('must specify a destination: invalid argument');
    if (source.image === '')
      throw new SelkieError(`${args.length === 1 ? 'no source image specified' : 'a source image must be specified'}: invalid argument`);
    const { root, runroot } = this.globals;
    const store = [...(root ? ['--root', root] : []), ...(runroot ? ['--runroot', runroot] : [])];
    this.write(transferImage(source, destination, { quiet: flags.quiet, store }));
  }
}

/** Where root's images go when nothing is said: to whoever became root. */
function defaultUser(): ScpLocation {
  const user = process.env['SUDO_USER'];
  if (process.getuid!() !== 0) return { image: '' };
  if (!user) throw new SelkieError('$SUDO_USER must be defined to find the default rootless user');
  return { image: '', user };
}
