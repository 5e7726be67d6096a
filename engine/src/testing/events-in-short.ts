import type { RunEvent, StreamEvent } from '@heddle/core';

/** Of which executions events of a type tell, in order. */
export const pathsOf = (events: readonly (RunEvent | StreamEvent)[], type: string): string[] =>
  events.flatMap((event) => (event.type === type && 'path' in event ? [event.path] : []));

/** Events in short: their types, and of which execution they tell. */
export const kinds = (events: readonly RunEvent[]): string[] =>
  events.map((event) => ('path' in event ? `${event.type} ${event.path}` : event.type));
