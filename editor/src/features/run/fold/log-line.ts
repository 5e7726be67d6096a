import type { StreamEvent } from '@heddle/core';
import { formatDuration } from '../../../ui/format/format-duration.js';
import { remindText } from './remind-text.js';

/** One line of a run's log. */
export interface LogLine {
  readonly seq: number;
  readonly time: number;
  readonly path: string | undefined;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** The log line of an event; undefined for events that are not shown in the log. */
export function lineOf(event: StreamEvent): LogLine | undefined {
  if (!('seq' in event)) return undefined;
  const said = textOf(event);
  if (said === undefined) return undefined;
  const [level, message] = said;
  const details = event.type === 'node-log' ? event.details : undefined;
  return { seq: event.seq, time: event.time, path: 'path' in event ? event.path : undefined, level, message, details };
}

/** The level and text of an event; undefined for events that are not shown in the log. */
function textOf(event: StreamEvent): readonly [LogLine['level'], string] | undefined {
  switch (event.type) {
    case 'run-start':
      return ['info', 'The run started.'];
    case 'run-end': {
      const text = event.error === undefined ? `ended: ${event.status}.` : `failed: ${event.error.message}`;
      return [event.status === 'failed' ? 'error' : 'info', `The run ${text}`];
    }
    case 'run-suspend':
      return ['info', 'The run is suspended.'];
    case 'run-resume':
      return ['info', resumeText[event.reason]];
    case 'run-pause':
      return ['warn', `The run is paused: ${event.reason}`];
    case 'cancel-request':
      return ['info', event.by === undefined ? 'A stop of the run was requested.' : `${event.by} stopped the run.`];
    case 'node-log':
      return [event.level, event.message];
    case 'node-retry': {
      const pause = formatDuration(Math.max(0, event.dueAt - event.time));
      return ['warn', `Attempt ${event.attempt} failed, the next starts after ${pause}: ${event.error.message}`];
    }
    case 'node-error':
      return [event.isCarried ? 'warn' : 'error', event.error.message];
    case 'human-input-start':
      return ['info', `Human input requested: ${event.question.title}`];
    case 'human-input-end':
      return ['info', event.outcome === 'expired' ? 'Not answered in time.' : `Answered${byWhom(' by ', event.by)}.`];
    case 'human-input-remind':
      return ['info', remindText(event)];
    case 'loop-next':
      return ['info', `Iteration ${event.iteration + 1} starts.`];
    case 'loop-limit':
      return [event.atLimit === 'fail' ? 'error' : 'warn', `The loop reached its limit of ${event.max} iterations.`];
    case 'node-decision':
      return ['info', event.summary];
    case 'tool-call':
      return event.error === undefined
        ? ['info', `Called ${event.tool}${byWhom(', approved by ', event.by)}.`]
        : ['warn', `${event.tool} was not used: ${event.error.message}`];
    case 'label-decision': {
      // Every model call records that it was allowed, so only other decisions are shown.
      if (event.decision === 'allowed') return undefined;
      const text =
        event.decision === 'declassified' ? 'was declassified' : `to ${event.destination} was ${event.decision}`;
      return [event.decision === 'refused' ? 'error' : 'info', `${event.label.level} data ${text}: ${event.reason}`];
    }
    default:
      return undefined;
  }
}

const byWhom = (before: string, name: string | undefined): string => (name === undefined ? '' : `${before}${name}`);

const resumeText = {
  recovered: 'The run continues after a restart.',
  answered: 'The run continues: its request was answered.',
  timer: 'The run continues: its time was reached.',
  released: 'The run continues: it was released.',
} as const;
