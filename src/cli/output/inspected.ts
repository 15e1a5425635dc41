import { SelkieError } from '../../errors.ts';
import type { ImageInspect } from '../../image/inspect.ts';
import { writeError, writeOut } from '../streams.ts';
import { containerView } from './container-view.ts';
import { imageView } from './image-view.ts';
import { podView } from './pod-view.ts';
import { isJsonFormat, prettyJson, renderReport } from './report.ts';

/** Something that was inspected, and what it is. */
export interface Inspected {
  readonly type: 'image' | 'container' | 'pod' | 'network' | 'volume' | 'artifact';
  readonly data: object;
}

/** Prints what was found, then throws the first of the errors; the others are printed before it. */
export function printInspected(found: readonly Inspected[], format: string, errors: readonly Error[], onlyImages = true): void {
  if (format === '' || isJsonFormat(format)) {
    writeOut(
      `${prettyJson(
        found.map(({ data }) => data),
        '     ',
      )}\n`,
    );
  } else {
    const text = normalize(format, onlyImages);
    writeOut(renderReport(found.map(view), { name: 'inspect', format: text, standard: '', noHeading: true }));
  }
  for (const error of errors.slice(1)) writeError(`${error.message}\n`);
  const [first] = errors;
  if (first) throw first instanceof SelkieError ? new SelkieError(first.message, { cause: first }) : first;
}

function view({ type, data }: Inspected): object {
  if (type === 'container') return containerView(data as Record<string, unknown>);
  if (type === 'pod') return podView(data as Record<string, unknown>);
  return type === 'image' ? imageView(data as ImageInspect) : data;
}

/** Names that podman's users may write in place of the fields'. */
function normalize(format: string, onlyImages: boolean): string {
  const renamed = format
    .replace(/\{\{\s*\.Id\s*\}\}/g, '{{.ID}}')
    .replaceAll('.Src', '.Source')
    .replaceAll('.Dst', '.Destination')
    .replaceAll('.ImageID', '.Image');
  return onlyImages ? renamed.replaceAll('.Config.Healthcheck', '.HealthCheck') : renamed;
}
