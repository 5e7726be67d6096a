import type { LabelledValue, RunEvent, StreamEvent } from '@heddle/core';

/** Values above this many bytes travel as a preview (V3). */
const wholeUpTo = 4096;
const previewLength = 500;

/** Previews are made once an event, however many watch it. */
const made = new WeakMap<StreamEvent, StreamEvent>();

/** The event as it goes to watchers: large values are replaced by size and preview; `GET /api/runs/:id/values` has them whole. */
function previewEvent(event: StreamEvent): StreamEvent {
  if (!('seq' in event)) return event;
  const known = made.get(event);
  if (known !== undefined) return known;
  const preview = withPreviews(event);
  made.set(event, preview);
  return preview;
}

const madeBatches = new WeakMap<readonly StreamEvent[], readonly StreamEvent[]>();

/** The events of a batch as they go to watchers: one array for all who get the same one. */
export function previewEvents(events: readonly StreamEvent[]): readonly StreamEvent[] {
  const known = madeBatches.get(events);
  if (known !== undefined) return known;
  const previews = events.map(previewEvent);
  madeBatches.set(events, previews);
  return previews;
}

function withPreviews(event: RunEvent): RunEvent {
  switch (event.type) {
    case 'node-end':
    case 'node-cached':
      return { ...event, outputs: previewValues(event.outputs) };
    case 'nested-start':
      return { ...event, inputs: previewValues(event.inputs) };
    case 'nested-end':
    case 'run-end':
      return event.outputs === undefined ? event : { ...event, outputs: previewValues(event.outputs) };
    case 'node-step':
      return { ...event, value: previewValue(event.value) };
    default:
      return event;
  }
}

/** Previews of the values of several ports. */
export function previewValues(values: Readonly<Record<string, LabelledValue>>): Record<string, LabelledValue> {
  return Object.fromEntries(Object.entries(values).map(([port, value]) => [port, previewValue(value)]));
}

function previewValue(labelled: LabelledValue): LabelledValue {
  if (labelled.value === undefined || isSmall(labelled.value)) return labelled;
  const { value, ...rest } = labelled;
  // A long text is not written as JSON only to be measured: its quotes are counted, its escapes are not.
  const isText = typeof value === 'string';
  const text = isText ? value : (JSON.stringify(value) ?? '');
  const size = rest.size ?? Buffer.byteLength(text) + (isText ? 2 : 0);
  return { ...rest, size, preview: text.slice(0, previewLength) };
}

/** Counts until the limit only, so that large values cost no more than small ones. */
function isSmall(root: unknown): boolean {
  let left = wholeUpTo;
  const open: unknown[] = [root];
  while (open.length > 0 && left >= 0) {
    const value = open.pop();
    if (typeof value === 'string') left -= value.length + 2;
    else if (ArrayBuffer.isView(value)) left -= value.byteLength;
    else if (Array.isArray(value)) {
      left -= 2 + value.length;
      if (left >= 0) open.push(...(value as unknown[])); // any array, read-only here
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, entry] of Object.entries(value)) {
        left -= key.length + 4;
        open.push(entry);
        if (left < 0) break;
      }
    } else left -= 5;
  }
  return left >= 0;
}
