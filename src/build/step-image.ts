import { warn } from '../diagnostics.ts';
import type { OciImage, OciImageConfig } from '../image/image-config.ts';
import type { BuildOptions } from './build-options.ts';
import { isTimeFixed, timesMark } from './image-times.ts';

/** Where in the build a step stands; some options act upon the very last step only. */
export interface StepPlace {
  isLast: boolean;
  isLastStage: boolean;
}

const isFinal = ({ isLast, isLastStage }: StepPlace): boolean => isLast && isLastStage;

/**
 * What a step's `created_by` ends with: options that change the result without being an instruction, so that an image made with others
 * is no cache for it. The very text that buildah writes.
 */
export function optionMarks(options: BuildOptions, place: StepPlace, isCopy: boolean): string {
  const final = isFinal(place);
  const marks = [
    options.unsetLabels.map((name) => `|unsetLabel=${name}`).join(''),
    options.inheritLabels ? '' : '|inheritLabels=false',
    final ? options.unsetAnnotations.map((name) => `|unsetAnnotation=${name}`).join('') : '',
    final && !options.inheritAnnotations ? '|inheritAnnotations=false' : '',
    timesMark(options.times),
    final ? options.annotations.map(([name, value]) => `${name}=${value}`).join(',') : '',
  ];
  return marks.join(isCopy ? ' ' : '');
}

/** The description of the image that a step leads to; history and layers are the caller's. */
export function describeStep(
  image: OciImage,
  config: OciImageConfig,
  options: BuildOptions,
  place: StepPlace,
  more: { created: string; author?: string },
): OciImage {
  const finished = finishConfig(structuredClone(config), options, isFinal(place));
  if (options.format === 'oci') warnOfLosses(finished);
  return {
    ...image,
    ...more,
    config: finished,
    ...(options.osVersion ? { 'os.version': options.osVersion } : {}),
    ...(options.osFeatures.length > 0 ? { 'os.features': osFeatures(image['os.features'] ?? [], options.osFeatures) } : {}),
  };
}

/** `feature-` takes one away. */
function osFeatures(inherited: readonly string[], changes: readonly string[]): string[] {
  const features = new Set(inherited);
  for (const change of changes) {
    if (change.endsWith('-')) features.delete(change.slice(0, -1));
    else features.add(change);
  }
  return [...features];
}

function finishConfig(config: OciImageConfig, options: BuildOptions, final: boolean): OciImageConfig {
  config.WorkingDir ||= '/';
  for (const name of options.unsetEnv) config.Env = config.Env?.filter((entry) => entry !== name && !entry.startsWith(`${name}=`));
  // An image that has a name is no intermediate one.
  if (!final || options.tags.length === 0) config.Labels = { ...Object.fromEntries(options.layerLabels), ...config.Labels };
  if (options.identityLabel ?? !isTimeFixed(options.times)) config.Labels = { ...config.Labels, 'io.buildah.version': options.version };
  for (const name of options.unsetLabels) delete config.Labels?.[name];
  if (isTimeFixed(options.times)) Object.assign(config, { Hostname: 'sandbox', Domainname: '' });
  return config;
}

/** The annotations of the image that a step leads to. @param inherited those of the base, and its name and digest */
export function stepAnnotations(
  inherited: Record<string, string>,
  options: BuildOptions,
  place: StepPlace,
  created: string,
): Record<string, string> {
  const final = isFinal(place);
  const kept = final && !options.inheritAnnotations ? {} : inherited;
  const annotations = { ...kept, ...(options.createdAnnotation ? { 'org.opencontainers.image.created': created } : {}) };
  for (const name of options.unsetAnnotations) delete (annotations as Record<string, string>)[name];
  return { ...annotations, ...Object.fromEntries(options.annotations) };
}

function warnOfLosses(config: OciImageConfig): void {
  const lost = (what: string): void => warn(`${what} will be ignored. Must use \`docker\` format`);
  if (config.OnBuild?.length) lost(`ONBUILD is not supported for OCI image format, ${config.OnBuild.join(' ')}`);
  if (config.Shell?.length) lost(`SHELL is not supported for OCI image format, [${config.Shell.join(' ')}]`);
  if (config.Healthcheck) lost('HEALTHCHECK is not supported for OCI image format and');
}
