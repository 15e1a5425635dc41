import { SelkieError } from '../../../../errors.ts';
import { addToSourceImage } from '../../../../image/source-image.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

export default class BuildahSourceAdd extends SelkieCommand {
  static override summary = 'Add a file to a source image';
  static override examples = ['source add layout app.tar.gz'];
  static override flags = {
    annotation: flag.stringArray({ summary: 'Annotation of the source image, as key=value' }),
  };
  static override args: Arguments = { min: 2, max: 2 };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(BuildahSourceAdd);
    const annotations: Record<string, string> = {};
    for (const text of flags.annotation) {
      const [key = '', value] = text.split(/=(.*)/s);
      if (value === undefined) throw new SelkieError(`invalid annotation ${JSON.stringify(text)} (expected format is "key=value")`);
      if (annotations[key] !== undefined) throw new SelkieError(`annotation ${JSON.stringify(key)} specified more than once`);
      annotations[key] = value;
    }
    await addToSourceImage(args[0]!, args[1]!, annotations);
  }
}
