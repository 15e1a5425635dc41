import { hostArchitecture } from '../../../container/info/host.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { ansiTime, buildahVersion, versionFacts } from '../../version-facts.ts';

export default class BuildahVersion extends SelkieCommand {
  static override summary = 'Print the version';
  static override examples = ['version'];
  static override flags = {
    json: flag.bool({ summary: 'As JSON' }),
  };
  static override args: Arguments = {};

  override run(): void {
    const { flags } = this.parse(BuildahVersion);
    const { GoVersion, GitCommit, Built } = versionFacts('buildah');
    const platform = `linux/${hostArchitecture()}`;
    const facts = {
      version: buildahVersion,
      goVersion: GoVersion,
      imageSpec: '1.1.1',
      runtimeSpec: '1.2.1',
      cniSpec: '1.1.0',
      libcniVersion: '',
      imageVersion: '5.39.2',
      gitCommit: GitCommit,
      built: ansiTime(new Date(Built * 1000)),
      osArch: platform,
      buildPlatform: platform,
    };
    if (flags.json) {
      this.out(JSON.stringify(facts, undefined, 4));
      return;
    }
    for (const [key, name] of headings) this.out(`${`${name}:`.padEnd(16)} ${facts[key]}`);
  }
}

const headings = [
  ['version', 'Version'],
  ['goVersion', 'Go Version'],
  ['imageSpec', 'Image Spec'],
  ['runtimeSpec', 'Runtime Spec'],
  ['cniSpec', 'CNI Spec'],
  ['libcniVersion', 'libcni Version'],
  ['imageVersion', 'image Version'],
  ['gitCommit', 'Git Commit'],
  ['built', 'Built'],
  ['osArch', 'OS/Arch'],
  ['buildPlatform', 'BuildPlatform'],
] as const;
