import type { HealthConfig, OciHistory } from '../../image/image-config.ts';
import type { ImageInspect } from '../../image/inspect.ts';
import { GoDuration, GoTime } from './go-time.ts';

/**
 * An inspected image as templates see it: under the names of Go's fields, which differ from those of the JSON in places. As JSON
 * (`{{json .}}`) it is what was inspected.
 */
export function imageView(image: ImageInspect): Record<string, unknown> {
  const { Id, Created, Config, History, Healthcheck, ...rest } = image;
  const view = {
    ...rest,
    ID: Id,
    Id,
    Created: Created === null ? null : new GoTime(Created),
    Config: configView(Config as Record<string, unknown>),
    History: (History ?? []).map(historyView),
    HealthCheck: Healthcheck ? healthView(Healthcheck) : null,
    Healthcheck: Healthcheck ? healthView(Healthcheck) : null,
  };
  return hidden(view, image);
}

const configDefaults = {
  User: '',
  ExposedPorts: {},
  Env: [],
  Entrypoint: [],
  Cmd: [],
  Volumes: {},
  WorkingDir: '',
  Labels: {},
  StopSignal: '',
  ArgsEscaped: false,
};

function configView(config: Record<string, unknown>): object {
  return hidden({ ...configDefaults, ...config }, config);
}

export function healthView(health: HealthConfig): object {
  const view = {
    Test: health.Test ?? [],
    StartPeriod: new GoDuration(health.StartPeriod ?? 0),
    StartInterval: new GoDuration(health.StartInterval ?? 0),
    Interval: new GoDuration(health.Interval ?? 0),
    Timeout: new GoDuration(health.Timeout ?? 0),
    Retries: health.Retries ?? 0,
  };
  return hidden(view, health);
}

/** A step of an image's history under Go's names. */
export function historyView(entry: OciHistory): object {
  const view = {
    Created: entry.created ? new GoTime(entry.created) : null,
    CreatedBy: entry.created_by ?? '',
    Author: entry.author ?? '',
    Comment: entry.comment ?? '',
    EmptyLayer: entry.empty_layer ?? false,
  };
  return hidden(view, entry);
}

/** A view that is `json` when it is written as JSON. */
export function hidden<T extends object>(view: T, json: object): T {
  Object.defineProperty(view, 'toJSON', { value: () => json, enumerable: false });
  return view;
}
