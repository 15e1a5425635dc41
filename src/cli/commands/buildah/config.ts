import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahConfig extends SelkieCommand {
  static override summary = '';
  static override flags = {
    'add-history': flag.bool({ defaultText: 'false', summary: '' }),
    annotation: flag.stringArray({ short: 'a', defaultText: '[]', valueName: 'annotation', summary: '' }),
    arch: flag.string({ valueName: 'architecture', summary: '' }),
    author: flag.string({ valueName: 'information', summary: '' }),
    cmd: flag.string({ valueName: 'command', summary: '' }),
    comment: flag.string({ valueName: 'comment', summary: '' }),
    'created-by': flag.string({ valueName: 'description', summary: '' }),
    domainname: flag.string({ valueName: 'name', summary: '' }),
    healthcheck: flag.string({ valueName: 'healthcheck', summary: '' }),
    'healthcheck-interval': flag.string({ valueName: 'interval', summary: '' }),
    'healthcheck-retries': flag.int({ valueName: 'number', summary: '' }),
    'healthcheck-start-interval': flag.string({ valueName: 'docker', summary: '' }),
    'healthcheck-start-period': flag.string({ valueName: 'time', summary: '' }),
    'healthcheck-timeout': flag.string({ valueName: 'time', summary: '' }),
    'history-comment': flag.string({ valueName: 'comment', summary: '' }),
    hostname: flag.string({ valueName: 'name', summary: '' }),
    label: flag.stringArray({ short: 'l', valueName: 'label', summary: '' }),
    onbuild: flag.strings({ summary: '' }),
    'os-feature': flag.stringArray({ valueName: 'feature', summary: '' }),
    'os-version': flag.string({ valueName: 'version', summary: '' }),
    port: flag.strings({ short: 'p', defaultText: '[]', valueName: 'port', summary: '' }),
    shell: flag.string({ valueName: 'shell', summary: '' }),
    unsetannotation: flag.strings({ summary: '' }),
    unsetlabel: flag.strings({ summary: '' }),
    user: flag.string({ short: 'u', valueName: 'user', summary: '', complete: 'users' }),
    variant: flag.string({ valueName: 'variant', summary: '' }),
    volume: flag.strings({ short: 'v', defaultText: '[]', valueName: 'volume', summary: '', complete: 'volumes' }),
    workingdir: flag.string({ valueName: 'directory', summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container ID must be specified', complete: ['workingContainers'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
