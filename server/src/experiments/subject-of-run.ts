import {
  isAtMost,
  isPlainObject,
  joinLabels,
  labelOf,
  Passage,
  withoutUndefined,
  type EvaluationSubject,
  type Journal,
  type Label,
  type LabelledValue,
  type MadeToolCall,
  type Plan,
  type RetrievedPassage,
  type RunEvent,
  type RunSummary,
  type StoredDatasetRow,
} from '@heddle/core';
import { z } from 'zod';

/** What a subject is made from. */
export interface SubjectSources {
  readonly journal: Pick<Journal, 'events' | 'acceptance'>;
}

/**
 * What evaluators see of a run. Its label is the strictest one of the row and of all values of the run. Of a workflow without models, searches,
 * tools and declassification, the end of the run says all.
 */
export async function subjectOfRun(
  { journal }: SubjectSources,
  row: StoredDatasetRow,
  run: RunSummary,
  plan: Plan,
): Promise<EvaluationSubject> {
  const { runId, error, cost, inputTokens, outputTokens, startedAt = 0, endedAt = startedAt } = run;
  const events = await journal.events(runId, endSaysAll(plan) ? { after: run.lastSeq - 1 } : {});
  const { inputs } = endSaysAll(plan) ? { inputs: {} } : await journal.acceptance(runId);
  const end = events.findLast((event) => event.type === 'run-end');
  return {
    inputs: row.inputs,
    outputs: valuesOf(end?.outputs ?? {}),
    passages: passagesOf(events),
    toolCalls: toolCallsOf(events),
    ms: Math.max(0, endedAt - startedAt),
    cost,
    tokens: inputTokens + outputTokens,
    label: strictest(labelOf(row.label), inputs, events),
    runId,
    ...withoutUndefined({
      expected: row.expected,
      references: row.references,
      error: error === undefined ? undefined : { code: error.code, message: error.message },
    }),
  };
}

const valuesOf = (values: Readonly<Record<string, LabelledValue>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));

const known = new WeakMap<Plan, boolean>();

function endSaysAll(plan: Plan): boolean {
  const before = known.get(plan);
  if (before !== undefined) return before;
  const says = plan.nodes.every(
    ({ definition }) => definition.effects.length === 0 && definition.declassifies === undefined,
  );
  known.set(plan, says);
  return says;
}

/** The label of everything in a run: what evaluators see may come from any of its nodes. */
function strictest(row: Label, inputs: Readonly<Record<string, LabelledValue>>, events: readonly RunEvent[]): Label {
  let label = row;
  const take = (values: Readonly<Record<string, LabelledValue>> = {}): void => {
    for (const value of Object.values(values)) label = joinLabels(label, value.label);
  };
  take(inputs);
  for (const event of events) {
    if ('outputs' in event) take(event.outputs);
    if (event.type === 'node-step') label = joinLabels(label, event.value.label);
    if ((event.type === 'run-end' || event.type === 'node-error') && event.label !== undefined)
      label = joinLabels(label, event.label);
  }
  return isAtMost(label.level, row.level) && label.marks.length === row.marks.length ? row : label;
}

const Passages = z.array(Passage).min(1);

/** The passages that reached an answer last: those of the last node that gave any. */
function passagesOf(events: readonly RunEvent[]): readonly RetrievedPassage[] {
  for (const event of events.toReversed()) {
    if (event.type !== 'node-end' && event.type !== 'node-cached') continue;
    for (const { value } of Object.values(event.outputs)) {
      if (!Array.isArray(value)) continue;
      const found = Passages.safeParse(value).data;
      if (found !== undefined)
        return found.map(({ document, text, score }) => ({ document, text, ...withoutUndefined({ score }) }));
    }
  }
  return [];
}

/** The calls that models asked for, from the recorded turns. */
function toolCallsOf(events: readonly RunEvent[]): readonly MadeToolCall[] {
  return events.flatMap((event) => {
    if (event.type !== 'node-step' || !isPlainObject(event.value.value)) return [];
    const calls: unknown = event.value.value['calls'];
    return Array.isArray(calls) ? calls.flatMap((call: unknown) => asToolCall(call)) : [];
  });
}

function asToolCall(call: unknown): MadeToolCall[] {
  if (!isPlainObject(call) || typeof call['name'] !== 'string') return [];
  return [{ name: call['name'], arguments: call['arguments'] }];
}
