import {
  HeddleError,
  Suspended,
  checkValue,
  defaultLabel,
  fitJsonSchema,
  type Answer,
  type Question,
  type RunEventOf,
} from '@heddle/core';
import { requestIdOf } from '../identity.js';
import type { Outbox } from '../run/outbox.js';
import type { RequestEntry } from '../recovery/history.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';
import { isOverdue, stagesOf } from './request-times.js';

interface GivenAnswer {
  readonly value: unknown;
  readonly by?: string;
  readonly reason?: string;
}

type HumanInputEnd = NonNullable<RequestEntry['end']>;
type NewEnd = Pick<RunEventOf<'human-input-end'>, 'outcome' | 'value' | 'by' | 'reason'>;

interface Asking {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly status: { readonly isEnding: boolean; noteResumed(reason: 'answered' | 'timer'): void };
  /** The current attempt of an execution. */
  attemptAt(path: string): number;
  /** Called when the end of a question is committed. */
  requestEnded(request: RequestEntry, value: unknown): void;
}

/** The questions of one run. */
export class HumanInputs {
  private readonly entries: Map<string, RequestEntry>;
  /** Ids of the questions whose end is being committed. */
  private readonly deciding = new Set<string>();
  private readonly run: Asking;

  constructor(run: Asking, known: ReadonlyMap<string, RequestEntry> | undefined) {
    this.run = run;
    this.entries = new Map(known);
  }

  get isDeciding(): boolean {
    return this.deciding.size > 0;
  }

  openIds(): string[] {
    return [...this.entries.values()].filter(({ end }) => end === undefined).map(({ requestId }) => requestId);
  }

  /** Returns the answer. If there is none, it asks the question (once) and throws `Suspended`. */
  open(task: Task, key: string, question: Question): Answer {
    const entry = this.entry(task, key, question);
    if (entry.end !== undefined) {
      task.raise(defaultLabel);
      return answerOf(entry.end);
    }
    task.waitsFor.requests.push(entry);
    throw new Suspended();
  }

  /** The question of an execution under a key; recorded if it is new. */
  entry(task: Task, key: string, question: Question): RequestEntry {
    const known = task.remembers.requests.get(key);
    if (known !== undefined) return known;
    checkValue(question, `The question of '${task.path}'`);
    const { clock, outbox } = this.run;
    const entry: RequestEntry = {
      requestId: requestIdOf(outbox.runId, task.path, key),
      path: task.path,
      key,
      question: recordable(question),
      reminded: new Set(),
      end: undefined,
    };
    task.remembers.requests.set(key, entry);
    this.entries.set(entry.requestId, entry);
    outbox.add({
      type: 'human-input-start',
      time: clock.now(),
      path: task.path,
      attempt: Math.max(1, task.attempt),
      requestId: entry.requestId,
      key,
      titles: titlesOf(task),
      question: entry.question,
    });
    return entry;
  }

  /** Records an answer. `settled` is called with the error, or without one when the answer is committed. */
  answer(requestId: string, given: GivenAnswer, settled: (error?: HeddleError) => void): void {
    const entry = this.entries.get(requestId);
    const error = this.refusalOf(requestId, entry, given);
    if (entry === undefined || error !== undefined) {
      settled(error);
      return;
    }
    this.end(entry, { outcome: 'answered', value: given.value, by: given.by, reason: given.reason }, settled);
  }

  /** Ends overdue questions. */
  expire(requests: readonly RequestEntry[]): void {
    for (const entry of requests) {
      if (entry.end === undefined && !this.deciding.has(entry.requestId) && isOverdue(this.run.clock.moments, entry))
        this.end(entry, { outcome: 'expired' });
    }
  }

  /** Records reminders and escalations whose time has come, each once. The question stays open. */
  remind(requests: readonly RequestEntry[]): void {
    const { clock, outbox, status } = this.run;
    const now = clock.now();
    for (const entry of requests) {
      if (entry.end !== undefined || isOverdue(clock.moments, entry)) continue;
      for (const { stage, time, to } of stagesOf(entry)) {
        if (!clock.moments.hasCome(time)) continue;
        entry.reminded.add(stage);
        status.noteResumed('timer');
        outbox.add({
          type: 'human-input-remind',
          time: now,
          path: entry.path,
          attempt: this.run.attemptAt(entry.path),
          requestId: entry.requestId,
          key: entry.key,
          stage,
          to,
        });
      }
    }
  }

  /** Why an answer is refused; undefined if it is accepted. */
  private refusalOf(requestId: string, entry: RequestEntry | undefined, given: GivenAnswer): HeddleError | undefined {
    const { outbox, status } = this.run;
    if (status.isEnding) return new HeddleError('run_terminal', `Run '${outbox.runId}' has ended.`);
    if (entry === undefined)
      return new HeddleError('human_input_not_found', `Run '${outbox.runId}' has no question '${requestId}'.`);
    if (entry.end !== undefined || this.deciding.has(requestId))
      return new HeddleError('human_input_decided', `The question '${requestId}' has already been decided.`);
    const problem = fitJsonSchema(entry.question.schema, given.value);
    return problem === undefined
      ? undefined
      : new HeddleError('human_input_invalid', `The answer does not fit the question: ${problem}.`);
  }

  private end(entry: RequestEntry, how: NewEnd, settled?: () => void): void {
    const { clock, outbox, status } = this.run;
    const record = {
      type: 'human-input-end',
      time: clock.now(),
      path: entry.path,
      attempt: this.run.attemptAt(entry.path),
      requestId: entry.requestId,
      key: entry.key,
      ...how,
    } as const;
    this.deciding.add(entry.requestId);
    status.noteResumed(how.outcome === 'answered' ? 'answered' : 'timer');
    const onCommitted = (): void => {
      entry.end = record;
      this.deciding.delete(entry.requestId);
      this.run.requestEnded(entry, how.value);
      settled?.();
    };
    outbox.add(record, { onCommitted }, true);
  }
}

/** The titles of the nodes that lead to an execution, outermost first: one for each segment of its path. */
function titlesOf({ node, frame }: Task): string[] {
  return [...(frame.parent === undefined ? [] : titlesOf(frame.parent.task)), node.title];
}

function answerOf(end: HumanInputEnd): Answer {
  if (end.outcome === 'expired') return { type: 'expired' };
  return { type: 'answered', value: end.value, by: end.by, reason: end.reason };
}

function recordable(question: Question): RequestEntry['question'] {
  const { details, buttons, ...rest } = question;
  return {
    ...rest,
    schema: { ...question.schema },
    buttons: buttons?.map((button) => ({ ...button })),
    details: details === undefined ? undefined : { ...details },
  };
}
