import type { StreamEvent } from '@heddle/core';
import { endProgress, showProgress } from '../../output.js';

/** Reports on standard error what the nodes of a run are doing. */
export function showNodeProgress(events: readonly StreamEvent[]): void {
  for (const event of events) {
    const line = lineOf(event);
    if (line !== undefined) showProgress(line);
    if (event.type === 'run-end') endProgress();
  }
}

function lineOf(event: StreamEvent): string | undefined {
  switch (event.type) {
    case 'node-start':
      return `${event.path}…`;
    case 'node-end':
      return `${event.path} done in ${event.time - event.started} ms`;
    case 'node-error':
      return `${event.path} failed: ${event.error.message}`;
    case 'node-retry':
      return `${event.path} is tried again: ${event.error.message}`;
    case 'node-decision':
      return `${event.path}: ${event.summary}`;
    case 'node-progress':
      return event.message === undefined ? undefined : `${event.path}: ${event.message}`;
    case 'node-queue':
      return event.position > 0 ? `${event.path} waits for ${event.limit} (position ${event.position})` : undefined;
    case 'human-input-start':
      return `${event.path} asks: ${event.question.title}`;
    case 'human-input-remind':
      return event.stage === 'escalation'
        ? `${event.path} is passed on to ${event.to ?? 'somebody else'}, who may answer as well`
        : `${event.path} is not answered yet${event.to === undefined ? '' : `: ${event.to} is reminded`}`;
    case 'human-input-end':
      return event.outcome === 'expired'
        ? `${event.path} was answered by nobody in time`
        : `${event.path} was answered${event.by === undefined ? '' : ` by ${event.by}`}`;
    default:
      return undefined;
  }
}
