import { jsonPieces, sizeWithin, type LabelledValue, type RunEvent, type StreamEvent } from '@heddle/core';

/** Larger values, in bytes, are sent as a preview. */
const wholeUpTo = 4096;
const previewLength = 500;
/** Up to this many values and characters, a value is serialised to measure its size exactly. */
const mostWritten = 100_000;

/** The preview of each event, made once for all watchers. */
const made = new WeakMap<StreamEvent, StreamEvent>();

/** The event as watchers get it: large values are replaced by their size and a preview. `GET /api/runs/:id/values` returns them in full. */
function previewEvent(event: StreamEvent): StreamEvent {
  if (!('seq' in event)) return event;
  const known = made.get(event);
  if (known !== undefined) return known;
  const preview = withPreviews(event);
  made.set(event, preview);
  return preview;
}

const madeBatches = new WeakMap<readonly StreamEvent[], readonly StreamEvent[]>();

/** The events of a batch as watchers get them. All watchers of the same events share one array. */
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
  const { size, preview } = describe(value, rest.size);
  return { ...rest, size, preview };
}

interface Description {
  readonly size: number;
  readonly preview: string;
}

/** Many nodes pass on the same large value, so it is measured only once. */
const described = new WeakMap<object, Description>();

function describe(value: unknown, size: number | undefined): Description {
  // Escapes in texts are not counted, because finding them means serialising the whole text.
  if (typeof value !== 'object' || value === null) {
    const text = String(value);
    return { size: size ?? Buffer.byteLength(text) + 2, preview: text.slice(0, previewLength) };
  }
  const known = described.get(value);
  if (known !== undefined) return known;
  const [json = ''] = jsonPieces(value);
  const description = { size: size ?? sizeOf(value), preview: json.slice(0, previewLength) };
  described.set(value, description);
  return description;
}

/** The size of a value as JSON in bytes, estimated for a very large value. */
function sizeOf(value: object): number {
  const counted = sizeWithin(value, { values: Infinity, characters: Infinity }) ?? { values: 0, characters: 0 };
  const { values, characters } = counted;
  return values + characters > mostWritten ? characters + 4 * values : Buffer.byteLength(JSON.stringify(value));
}

/** Counts only up to the limit, so that a large value costs no more than a small one. */
function isSmall(root: unknown): boolean {
  let left = wholeUpTo;
  const open: unknown[] = [root];
  while (open.length > 0 && left >= 0) {
    const value = open.pop();
    if (typeof value === 'string') left -= value.length + 2;
    else if (ArrayBuffer.isView(value)) left -= value.byteLength;
    else if (Array.isArray(value)) {
      left -= 2 + value.length;
      if (left >= 0) open.push(...(value as unknown[])); // The elements can be anything and are only read.
    } else if (typeof value === 'object' && value !== null) {
      const names = Object.keys(value);
      left -= 4 * names.length;
      if (left < 0) break;
      for (const name of names) {
        left -= name.length;
        open.push(Reflect.get(value, name));
      }
    } else left -= 5;
  }
  return left >= 0;
}
