import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';
import { isJsonFormat, renderObject, toGoJson } from '../output/report.ts';
import { alignTabs } from '../output/tab-writer.ts';
import { parseTemplate, TemplateError } from '../output/template.ts';
import { versionFacts } from '../version-facts.ts';

export default class Version extends SelkieCommand {
  static override summary = 'Print the version';
  static override examples = ['version', "version --format '{{.Client.Version}}'"];
  static override flags = {
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    const { flags, changed } = this.parse(Version);
    const facts = versionFacts(this.globals.programName);
    const report = { Client: facts, Server: null };
    if (isJsonFormat(flags.format)) {
      this.out(toGoJson({ Client: facts }));
    } else if (!changed('format')) {
      this.write(alignTabs(parseTemplate('version', layout).execute(report)));
    } else {
      try {
        this.write(renderObject('version', flags.format, report));
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        this.write(renderObject('version', flags.format.replaceAll('.Server.', '.'), facts));
      }
    }
  }
}

const layout = `{{with .Client -}}
Client:\tPodman Engine
Version:\t{{.Version}}
API Version:\t{{.APIVersion}}
Go Version:\t{{.GoVersion}}
{{if .GitCommit -}}Git Commit:\t{{.GitCommit}}
{{end -}}
Built:\t{{.BuiltTime}}
{{if .BuildOrigin -}}Build Origin:\t{{.BuildOrigin}}
{{end -}}
OS/Arch:\t{{.OsArch}}
{{end}}`;
