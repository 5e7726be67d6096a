import type { RunEvent, StreamEvent } from '@heddle/core';

/** The paths of the events of a type, in order. */
export const pathsOf = (events: readonly (RunEvent | StreamEvent)[], type: string): string[] =>
  events.flatMap((event) => (event.type === type && 'path' in event ? [event.path] : []));

/** Events in short: their types and paths. */
export const kinds = (events: readonly RunEvent[]): string[] =>
  events.map((event) => ('path' in event ? `${event.type} ${event.path}` : event.type));
