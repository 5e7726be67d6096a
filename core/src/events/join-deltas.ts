import type { LiveEvent, StreamEvent } from './events.js';

/**
 * Appends an event to the waiting ones. A delta that continues the last event is joined with it. Returns the number of new characters.
 *
 * @example const characters = appendEvent(waiting, event);
 */
export function appendEvent(waiting: StreamEvent[], event: StreamEvent): number {
  const last = waiting[waiting.length - 1];
  const joined = last === undefined ? undefined : joinDeltas(last, event);
  if (joined === undefined) waiting.push(event);
  else waiting[waiting.length - 1] = joined;
  return event.type === 'node-delta' ? event.delta.length : 0;
}

function joinDeltas(last: StreamEvent, next: StreamEvent): LiveEvent | undefined {
  if (last.type !== 'node-delta' || next.type !== 'node-delta') return undefined;
  if (last.path !== next.path || last.port !== next.port || last.attempt !== next.attempt) return undefined;
  if (last.offset + last.delta.length !== next.offset || last.label !== next.label) return undefined;
  return { ...last, delta: last.delta + next.delta };
}
