import {
  playgroundDocument,
  playgroundInputs,
  type LabelLevel,
  type PlaygroundColumn,
  type RunReply,
} from '@heddle/core';
import { client } from '../../../data/api/client.js';
import { followTry, type TryState } from './follow-try.js';

/** The values of a row with their label. */
export interface TryRow {
  /** `typed`, or the id of the row in its dataset. */
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly level: LabelLevel;
}

/** The answer in one cell of the playground. */
export type Answer =
  | ({ readonly status: 'running' } & TryState)
  | {
      readonly status: 'done';
      readonly text: string;
      readonly runId: string;
      readonly ms: number;
      readonly tokens: number;
      readonly cost: number;
    }
  | { readonly status: 'failed'; readonly message: string; readonly runId?: string };

/** Runs a column on a row, as a run of its own. It never throws: an error is reported as a failed answer. */
export async function tryColumn(
  name: string,
  column: PlaygroundColumn,
  { values, level }: TryRow,
  onAnswer: (answer: Answer) => void,
  signal: AbortSignal,
): Promise<void> {
  onAnswer({ status: 'running', text: '' });
  try {
    const { runId } = await client.POST('/api/runs', {
      params: { query: { trigger: 'editor' } },
      body: {
        document: playgroundDocument(name, column, level),
        inputs: { ...playgroundInputs(column.content, values) },
      },
    });
    onAnswer(answerOf(await followTry(runId, (state) => onAnswer({ status: 'running', ...state }), signal)));
  } catch (error) {
    const message = signal.aborted ? 'Stopped' : error instanceof Error ? error.message : String(error);
    onAnswer({ status: 'failed', message });
  }
}

/** The answer of a run that has ended. */
export function answerOf({ runId, status, outputs, error, summary, nodes }: RunReply): Answer {
  if (status !== 'done') return { status: 'failed', runId, message: error?.message ?? `The run is ${status}.` };
  const { answer } = outputs;
  return {
    status: 'done',
    runId,
    text: typeof answer === 'string' ? answer : '',
    ms: nodes['answer']?.ms ?? (summary.endedAt ?? 0) - (summary.startedAt ?? 0),
    tokens: summary.inputTokens + summary.outputTokens,
    cost: summary.cost,
  };
}

/** The totals of a column. */
export interface Totals {
  readonly done: number;
  readonly failed: number;
  readonly meanMs: number;
  readonly tokens: number;
  readonly cost: number;
}

export function totalsOf(answers: readonly Answer[]): Totals {
  const done = answers.filter((answer) => answer.status === 'done');
  const sum = (of: (answer: (typeof done)[number]) => number): number =>
    done.reduce((total, answer) => total + of(answer), 0);
  return {
    done: done.length,
    failed: answers.filter(({ status }) => status === 'failed').length,
    meanMs: done.length === 0 ? 0 : sum(({ ms }) => ms) / done.length,
    tokens: sum(({ tokens }) => tokens),
    cost: sum(({ cost }) => cost),
  };
}
