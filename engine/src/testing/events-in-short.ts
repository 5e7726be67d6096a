import type { RunEvent, StreamEvent } from '@heddle/core';

/** The paths of all events of a type, in order. */
export const pathsOf = (events: readonly (RunEvent | StreamEvent)[], type: string): string[] =>
  events.flatMap((event) => (event.type === type && 'path' in event ? [event.path] : []));

/** The types and paths of events, as short texts to compare. */
export const kinds = (events: readonly RunEvent[]): string[] =>
  events.map((event) => ('path' in event ? `${event.type} ${event.path}` : event.type));
