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
import { askIdOf } from '../identity.js';
import type { Outbox } from '../outbox.js';
import type { AskEntry } from '../recovery/history.js';
import type { RunClock } from '../run-clock.js';
import type { Task } from '../run-tree.js';
import { isOverdue, stagesOf } from './ask-times.js';

/** What a person gives to a question. */
export interface GivenAnswer {
  readonly value: unknown;
  readonly by?: string;
  readonly reason?: string;
}

type AskEnd = NonNullable<AskEntry['end']>;
type NewEnd = Pick<RunEventOf<'ask-end'>, 'outcome' | 'value' | 'by' | 'reason'>;

/** What the questions of a run need of it. */
export interface Asking {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly status: { readonly isEnding: boolean; noteResumed(reason: 'answered' | 'timer'): void };
  /** The attempt that an execution is in. */
  attemptAt(path: string): number;
  /** A question ended, and that is committed. */
  askEnded(ask: AskEntry, value: unknown): void;
}

/** The questions of one run. */
export class Asks {
  private readonly entries: Map<string, AskEntry>;
  /** Questions whose end is being committed. */
  private readonly deciding = new Set<string>();
  private readonly run: Asking;

  constructor(run: Asking, known: ReadonlyMap<string, AskEntry> | undefined) {
    this.run = run;
    this.entries = new Map(known);
  }

  /** Whether the end of a question is being committed. */
  get isDeciding(): boolean {
    return this.deciding.size > 0;
  }

  /** Ids of the questions that have no answer. */
  openIds(): string[] {
    return [...this.entries.values()].filter(({ end }) => end === undefined).map(({ askId }) => askId);
  }

  /** The answer where there is one; else asks (once) and leaves the node. */
  open(task: Task, key: string, question: Question): Answer {
    const entry = this.entry(task, key, question);
    if (entry.end !== undefined) {
      task.raise(defaultLabel);
      return answerOf(entry.end);
    }
    task.waitsFor.asks.push(entry);
    throw new Parked();
  }

  /** The question of an execution under a key; recorded when it is new. */
  entry(task: Task, key: string, question: Question): AskEntry {
    const known = task.remembers.asks.get(key);
    if (known !== undefined) return known;
    checkValue(question, `The question of '${task.path}'`);
    const { clock, outbox } = this.run;
    const entry: AskEntry = {
      askId: askIdOf(outbox.runId, task.path, key),
      path: task.path,
      key,
      question: recordable(question),
      reminded: new Set(),
      end: undefined,
    };
    task.remembers.asks.set(key, entry);
    this.entries.set(entry.askId, entry);
    outbox.add({
      type: 'ask-start',
      time: clock.now(),
      path: task.path,
      attempt: Math.max(1, task.attempt),
      askId: entry.askId,
      key,
      titles: titlesOf(task),
      question: entry.question,
    });
    return entry;
  }

  /** Takes an answer in: `settled` is called with the error, or when the answer is committed. */
  answer(askId: string, given: GivenAnswer, settled: (error?: HeddleError) => void): void {
    const entry = this.entries.get(askId);
    const error = this.refusalOf(askId, entry, given);
    if (entry === undefined || error !== undefined) {
      settled(error);
      return;
    }
    this.end(
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

  /** Ends the questions whose time is over. */
  expire(asks: readonly AskEntry[]): void {
    for (const entry of asks) {
      if (entry.end === undefined && !this.deciding.has(entry.askId) && isOverdue(this.run.clock.moments, entry))
        this.end(entry, { outcome: 'expired' });
    }
  }

  /** Records reminders and escalations whose time has come, each once; the question stays open. */
  remind(asks: readonly AskEntry[]): void {
    const { clock, outbox, status } = this.run;
    const now = clock.now();
    for (const entry of asks) {
      if (entry.end !== undefined || isOverdue(clock.moments, entry)) continue;
      for (const { stage, time, to } of stagesOf(entry)) {
        if (!clock.moments.hasCome(time)) continue;
        entry.reminded.add(stage);
        status.noteResumed('timer');
        outbox.add({
          type: 'ask-remind',
          time: now,
          path: entry.path,
          attempt: this.run.attemptAt(entry.path),
          askId: entry.askId,
          key: entry.key,
          stage,
          ...(to === undefined ? {} : { to }),
        });
      }
    }
  }

  /** Why an answer is not taken. */
  private refusalOf(askId: string, entry: AskEntry | undefined, given: GivenAnswer): HeddleError | undefined {
    const { outbox, status } = this.run;
    if (status.isEnding) return new HeddleError('run_terminal', `Run '${outbox.runId}' has ended.`);
    if (entry === undefined)
      return new HeddleError('ask_not_found', `Run '${outbox.runId}' has no question '${askId}'.`);
    if (entry.end !== undefined || this.deciding.has(askId))
      return new HeddleError('ask_decided', `The question '${askId}' was decided already.`);
    const problem = fitJsonSchema(entry.question.schema, given.value);
    return problem === undefined
      ? undefined
      : new HeddleError('ask_answer_invalid', `The answer does not fit the question: ${problem}.`);
  }

  private end(entry: AskEntry, how: NewEnd, settled?: () => void): void {
    const { clock, outbox, status } = this.run;
    const record = {
      type: 'ask-end',
      time: clock.now(),
      path: entry.path,
      attempt: this.run.attemptAt(entry.path),
      askId: entry.askId,
      key: entry.key,
      ...how,
    } as const;
    this.deciding.add(entry.askId);
    status.noteResumed(how.outcome === 'answered' ? 'answered' : 'timer');
    const onCommitted = (): void => {
      entry.end = record;
      this.deciding.delete(entry.askId);
      this.run.askEnded(entry, how.value);
      settled?.();
    };
    outbox.add(record, { onCommitted }, true);
  }
}

/** The titles of the nodes on the way to an execution, outermost first: one for each segment of its path. */
function titlesOf({ node, frame }: Task): string[] {
  return [...(frame.parent === undefined ? [] : titlesOf(frame.parent.task)), node.title];
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
