import type { RunEventOf } from '@heddle/core';
import type { RunMoments } from '../timing/moments.js';
import type { RequestEntry } from '../recovery/history.js';
import type { Waits } from '../run/run-tree.js';

/** A reminder or an escalation of a question. */
interface RequestStage {
  readonly stage: RunEventOf<'human-input-remind'>['stage'];
  /** Epoch milliseconds. */
  readonly time: number;
  readonly to: string | undefined;
}

/** The stages of a question that have not been reached. */
export function stagesOf({ question, reminded }: RequestEntry): readonly RequestStage[] {
  const { assignee, remindAt, escalateTo, escalateAt = remindAt } = question;
  const stages: RequestStage[] = [];
  if (remindAt !== undefined && !reminded.has('reminder'))
    stages.push({ stage: 'reminder', time: remindAt, to: assignee });
  if (escalateTo !== undefined && escalateAt !== undefined && !reminded.has('escalation'))
    stages.push({ stage: 'escalation', time: escalateAt, to: escalateTo });
  return stages;
}

/** The times at which an open question has something due: a reminder, an escalation, or its end. Epoch milliseconds. */
function timesOf(request: RequestEntry): readonly number[] {
  if (request.end !== undefined) return [];
  const times = stagesOf(request).map(({ time }) => time);
  return request.question.dueAt === undefined ? times : [...times, request.question.dueAt];
}

/** Whether the time for answers to a question is over. */
export function isOverdue(moments: RunMoments, { question }: RequestEntry): boolean {
  return question.dueAt !== undefined && moments.hasCome(question.dueAt);
}

/** The times at which a suspended execution has something to do, in epoch milliseconds. */
export function timesOfWaits({ sleepUntil, requests }: Waits): readonly number[] {
  const times = requests.flatMap(timesOf);
  return sleepUntil === undefined ? times : [sleepUntil, ...times];
}

/** The earliest of these times; undefined if it waits for no time. */
export function earliest(waits: Waits): number | undefined {
  const times = timesOfWaits(waits);
  return times.length === 0 ? undefined : Math.min(...times);
}
