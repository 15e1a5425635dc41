import { expect, test } from 'vitest';
import { eventView } from '../../../../src/cli/output/event-view.ts';
import { parseTemplate } from '../../../../src/cli/output/template.ts';
import type { PodmanEvent } from '../../../../src/container/events.ts';

const event = { Name: 'c', Type: 'container', Status: 'create', Time: '2026-11-24T10:00:00Z', Attributes: { b: '2', a: '1' } };

test("an event's attributes are a map to templates", () => {
  const view = eventView(event as unknown as PodmanEvent);
  expect(parseTemplate('events', '{{.Attributes}} {{.Attributes.a}}').execute(view)).toBe('map[a:1 b:2] 1');
});
