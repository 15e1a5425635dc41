import type { SecretRecord } from '../../secret/secret.ts';
import { GoTime } from './go-time.ts';
import { asMap, named } from './template/values.ts';

/** A secret as `secret inspect` shows it. */
export interface InspectedSecret {
  ID: string;
  CreatedAt: string;
  UpdatedAt: string;
  Spec: { Name: string; Driver: { Name: string; Options: Record<string, string> }; Labels: Record<string, string> };
  SecretData?: string;
}

/** @param value the secret itself, for `--showsecret` */
export function inspectedSecret(record: SecretRecord, value?: string): InspectedSecret {
  return {
    ID: record.id,
    CreatedAt: record.createdAt,
    UpdatedAt: record.updatedAt,
    Spec: { Name: record.name, Driver: { Name: record.driver, Options: record.driverOptions }, Labels: record.labels ?? {} },
    ...(value === undefined ? {} : { SecretData: value }),
  };
}

/** The same for templates. */
export function secretView(secret: InspectedSecret): object {
  const { Spec } = secret;
  const view = {
    ...secret,
    SecretData: secret.SecretData ?? '',
    CreatedAt: new GoTime(secret.CreatedAt),
    UpdatedAt: new GoTime(secret.UpdatedAt),
    Spec: { ...Spec, Labels: asMap({ ...Spec.Labels }), Driver: { ...Spec.Driver, Options: asMap({ ...Spec.Driver.Options }) } },
  };
  Object.defineProperty(view, 'toJSON', { value: () => secret, enumerable: false });
  return named('*types.SecretInfoReport', view);
}

/** `secret inspect --pretty`, which never shows the secret. */
export function secretText({ ID, CreatedAt, UpdatedAt, Spec }: InspectedSecret): string {
  const labels = Object.entries(Spec.Labels).map(([name, value]) => ` - ${name}${value === '' ? '' : `=${value}`}\n`);
  const lines = [
    `ID:              ${ID}\n`,
    `Name:              ${Spec.Name}\n`,
    ...(labels.length === 0 ? [] : ['Labels:\n', ...labels.sort()]),
    `Driver:            ${Spec.Driver.Name}\n`,
    `Created at:        ${new GoTime(CreatedAt).goString()}\n`,
    `Updated at:        ${new GoTime(UpdatedAt).goString()}\n`,
  ];
  return lines.join('');
}
