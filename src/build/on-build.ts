import { warn } from '../diagnostics.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { Builder } from './builder.ts';
import { changeConfig } from './builder-config.ts';
import { copyIntoBuilder } from './builder-copy.ts';
import { plainRun, runInBuilder } from './builder-run.ts';
import { applyConfigStep } from './config-steps.ts';
import { execForm, parseContainerfile, splitWords } from './containerfile.ts';
import { emptyState } from './single-step.ts';

/** Carries out the ONBUILD instructions of the base in a new working container, and saves it. @param say told each step */
export async function applyOnBuild(images: ImageEngine, builder: Builder, say: ((text: string) => void) | undefined): Promise<void> {
  const triggers = builder.config.OnBuild ?? [];
  if (triggers.length === 0) return;
  builder.config.OnBuild = [];
  for (const [at, text] of triggers.entries()) {
    say?.(`STEP ${at + 1}: ${text}`);
    const [instruction] = parseContainerfile(text).instructions;
    if (!instruction) continue;
    const { command, rest } = instruction;
    if (command === 'RUN') {
      const args = execForm(rest) ?? ['/bin/sh', '-c', rest];
      await runInBuilder(images, builder, { ...plainRun, args });
    } else if (command === 'COPY' || command === 'ADD') {
      const words = execForm(rest) ?? splitWords(rest, '\\');
      await copyIntoBuilder(images, builder, {
        command,
        sources: words.slice(0, -1),
        destination: words.at(-1) ?? '',
        exclude: [],
        pull: {},
      });
    } else if (command === 'MAINTAINER') changeConfig(builder, { author: rest, env: [], unsetLabels: [], unsetAnnotations: [] }, () => {});
    else if (!applyConfigStep(instruction, emptyState(builder.config))) warn(`unknown OnBuild command ${JSON.stringify(text)}; ignored`);
  }
  builder.save();
}
