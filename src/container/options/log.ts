import { InvalidOption } from '../create-errors.ts';
import { cut } from './cut.ts';
import { fromHumanSize } from './numbers.ts';

export interface LogOptions {
  driver?: string;
  path?: string;
  size?: number;
  tag?: string;
  labels: Record<string, string>;
}

/** `--log-opt`. */
export function parseLogOptions(values: string[]): LogOptions {
  const options: LogOptions = { labels: {} };
  for (const value of values) {
    const [key, text] = cut(value, '=');
    if (text === undefined) throw new InvalidOption(`invalid log option ${JSON.stringify(value)}`);
    switch (key.toLowerCase()) {
      case 'driver':
        options.driver = text;
        break;
      case 'path':
        options.path = text;
        break;
      case 'max-size':
        options.size = fromHumanSize(text);
        break;
      case 'tag':
        options.tag = text;
        break;
      case 'label': {
        const [name, labelValue] = cut(text, '=');
        if (labelValue === undefined) throw new InvalidOption(`invalid log label ${JSON.stringify(value)}`);
        options.labels[name] = labelValue;
        break;
      }
    }
  }
  return options;
}
