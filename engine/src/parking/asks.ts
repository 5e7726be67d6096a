import {
  HeddleError,
  Parked,
  checkValue,
  defaultLabel,
  fitJsonSchema,
  type Answer,
  type Question,
  type RunEventOf,
} from '@heddle/core';
import type { AskEntry } from '../recovery/history.js';
import { askIdOf } from '../identity.js';
import { breakpointKey, isStep } from './step-answer.js';
import type { Runner } from '../runner.js';
import type { Task } from '../task.js';
import { attemptAt, wakePath } from './waking.js';

/** What a person gives to a question. */
export interface GivenAnswer {
  readonly value: unknown;
  readonly by?: string;
  readonly reason?: string;
}

type AskEnd = NonNullable<AskEntry['end']>;

/** The answer where there is one; else asks (once) and leaves the node (P2, P3). */
export function openAsk(runner: Runner, task: Task, key: string, question: Question): Answer {
  const entry = askEntry(runner, task, key, question);
  if (entry.end !== undefined) {
    task.raise(defaultLabel);
    return answerOf(entry.end);
  }
  task.waitsFor.asks.push(entry);
  throw new Parked();
}

/** The question of an execution under a key; recorded when it is new. */
export function askEntry(runner: Runner, task: Task, key: string, question: Question): AskEntry {
  const known = task.remembers.asks.get(key);
  if (known !== undefined) return known;
  checkValue(question, `The question of '${task.path}'`);
  const entry: AskEntry = {
    askId: askIdOf(runner.runId, task.path, key),
    path: task.path,
    key,
    question: recordable(question),
    reminded: new Set(),
    end: undefined,
  };
  task.remembers.asks.set(key, entry);
  runner.asks.set(entry.askId, entry);
  runner.record({
    type: 'ask-start',
    time: runner.now(),
    path: task.path,
    attempt: Math.max(1, task.attempt),
    askId: entry.askId,
    key,
    titles: titlesOf(task),
    question: entry.question,
  });
  return entry;
}

/** What people call the nodes on the way to an execution, outermost first: one for each segment of its path. */
function titlesOf({ node, frame }: Task): string[] {
  return [...(frame.parent === undefined ? [] : titlesOf(frame.parent.task)), node.title];
}

/** Takes an answer in: `settled` hears how it went, at the latest when it is committed. */
export function answerAsk(
  runner: Runner,
  askId: string,
  given: GivenAnswer,
  settled: (error?: HeddleError) => void,
): void {
  const entry = runner.asks.get(askId);
  if (runner.isEnding) {
    settled(new HeddleError('run_terminal', `Run '${runner.runId}' has ended.`));
    return;
  }
  if (entry === undefined) {
    settled(new HeddleError('ask_not_found', `Run '${runner.runId}' has no question '${askId}'.`));
    return;
  }
  if (entry.end !== undefined || runner.deciding.has(askId)) {
    settled(new HeddleError('ask_decided', `The question '${askId}' was decided already.`));
    return;
  }
  const problem = fitJsonSchema(entry.question.schema, given.value);
  if (problem !== undefined) {
    settled(new HeddleError('ask_answer_invalid', `The answer does not fit the question: ${problem}.`));
    return;
  }
  endAsk(
    runner,
    entry,
    {
      outcome: 'answered',
      value: given.value,
      ...(given.by === undefined ? {} : { by: given.by }),
      ...(given.reason === undefined ? {} : { reason: given.reason }),
    },
    settled,
  );
}

/** Ends the questions of a task whose time is over. */
export function expireAsks(runner: Runner, asks: readonly AskEntry[]): void {
  for (const entry of asks) {
    if (entry.end === undefined && !runner.deciding.has(entry.askId) && isOverdue(runner, entry))
      endAsk(runner, entry, { outcome: 'expired' });
  }
}

/** Records reminders and escalations whose time has come, each once; the question stays open. */
export function remindAsks(runner: Runner, asks: readonly AskEntry[]): void {
  const now = runner.now();
  for (const entry of asks) {
    if (entry.end !== undefined || isOverdue(runner, entry)) continue;
    for (const { stage, time, to } of stagesOf(entry)) {
      if (!runner.moments.hasCome(time)) continue;
      entry.reminded.add(stage);
      runner.noteResumed('timer');
      runner.record({
        type: 'ask-remind',
        time: now,
        path: entry.path,
        attempt: attemptAt(runner, entry.path),
        askId: entry.askId,
        key: entry.key,
        stage,
        ...(to === undefined ? {} : { to }),
      });
    }
  }
}

/** When a question next needs something without an answer: a reminder, an escalation, or its end. */
export function nextTimeOf(entry: AskEntry): number | undefined {
  const times = timesOf(entry);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Every time at which a question still needs something. */
export function timesOf(entry: AskEntry): readonly number[] {
  const times = stagesOf(entry).map(({ time }) => time);
  return entry.question.dueAt === undefined ? times : [...times, entry.question.dueAt];
}

interface Stage {
  readonly stage: RunEventOf<'ask-remind'>['stage'];
  readonly time: number;
  readonly to: string | undefined;
}

/** The stages of a question that are still to come. */
function stagesOf({ question, reminded }: AskEntry): readonly Stage[] {
  const { assignee, remindAt, escalateTo, escalateAt = remindAt } = question;
  const stages: Stage[] = [];
  if (remindAt !== undefined && !reminded.has('reminder'))
    stages.push({ stage: 'reminder', time: remindAt, to: assignee });
  if (escalateTo !== undefined && escalateAt !== undefined && !reminded.has('escalation'))
    stages.push({ stage: 'escalation', time: escalateAt, to: escalateTo });
  return stages;
}

/** Whether a question's time is over. */
export function isOverdue(runner: Runner, { question }: AskEntry): boolean {
  return question.dueAt !== undefined && runner.moments.hasCome(question.dueAt);
}

function endAsk(
  runner: Runner,
  entry: AskEntry,
  how: Pick<RunEventOf<'ask-end'>, 'outcome' | 'value' | 'by' | 'reason'>,
  settled?: () => void,
): void {
  const record = {
    type: 'ask-end',
    time: runner.now(),
    path: entry.path,
    attempt: attemptAt(runner, entry.path),
    askId: entry.askId,
    key: entry.key,
    ...how,
  } as const;
  runner.deciding.add(entry.askId);
  runner.noteResumed(how.outcome === 'answered' ? 'answered' : 'timer');
  runner.record(
    record,
    {
      onCommitted: () => {
        entry.end = record;
        runner.deciding.delete(entry.askId);
        if (entry.key === breakpointKey) runner.isStepping = isStep(how.value);
        wakePath(runner, entry.path);
        settled?.();
      },
    },
    true,
  );
}

function answerOf(end: AskEnd): Answer {
  if (end.outcome === 'expired') return { type: 'expired' };
  return {
    type: 'answered',
    value: end.value,
    ...(end.by === undefined ? {} : { by: end.by }),
    ...(end.reason === undefined ? {} : { reason: end.reason }),
  };
}

function recordable(question: Question): AskEntry['question'] {
  const { details, buttons, ...rest } = question;
  return {
    ...rest,
    schema: { ...question.schema },
    ...(buttons === undefined ? {} : { buttons: buttons.map((button) => ({ ...button })) }),
    ...(details === undefined ? {} : { details: { ...details } }),
  };
}
