import type { ErrorValue, LabelledValue } from '@heddle/core';
import type { PathRecord, NestedRun } from '../run/index.js';
import { ModelTurn, ToolOutcome } from './read-details.js';

/** A tool call in a turn of an agent. */
export interface AgentCall {
  /** The key of the call's step, and of the nested run if the tool is a workflow. */
  readonly key: string;
  readonly tool: string;
  /** The JSON text that the model wrote. */
  readonly arguments: string;
  readonly result: string | undefined;
  /** Whether `result` is only the beginning, because the value is too large for the run's events. */
  readonly isCut: boolean;
  readonly error: Pick<ErrorValue, 'code' | 'message'> | undefined;
  readonly permission: string | undefined;
  readonly approvedBy: string | undefined;
  readonly scope: string | undefined;
  readonly state: 'asked' | 'waiting' | 'done' | 'failed';
}

/** A turn of an agent: the text of the model and its tool calls. */
export interface AgentStep {
  readonly number: number;
  /** Undefined if the turn is too large for the run's events; `preview` then has its beginning. */
  readonly turn: ModelTurn | undefined;
  readonly preview: string | undefined;
  readonly calls: readonly AgentCall[];
}

/** The turns of an agent, from the records of its execution. */
export function agentSteps(records: readonly PathRecord[], nested: readonly NestedRun[]): readonly AgentStep[] {
  const steps = new Map<string, LabelledValue>();
  for (const record of records) if (record.type === 'node-step') steps.set(record.key, record.value);
  const noted = records.filter((record) => record.type === 'tool-call');
  const open = openQuestions(records);
  const runs = new Map(nested.map((run) => [run.key, run]));
  const found: AgentStep[] = [];
  const used = new Set<object>();
  for (let number = 1; steps.has(`model-${number}`); number += 1) {
    const value = steps.get(`model-${number}`);
    const read = ModelTurn.safeParse(value?.value);
    const calls = (read.success ? read.data.calls : []).map((call, index): AgentCall => {
      const key = `tool-${number}-${index}`;
      const note = noted.find((entry) => entry.tool === call.name && !used.has(entry));
      if (note !== undefined) used.add(note);
      const run = runs.get(key);
      const outcome = outcomeOf(steps.get(key), run);
      const error = note?.error ?? outcome.error;
      return {
        key,
        tool: call.name,
        arguments: call.arguments,
        result: outcome.text,
        isCut: outcome.isCut,
        error,
        permission: note?.permission,
        approvedBy: note?.by,
        scope: run?.scope,
        state:
          error !== undefined
            ? 'failed'
            : note !== undefined || outcome.text !== undefined
              ? 'done'
              : open.some((key) => key.startsWith(`approve-${number}-${index}`))
                ? 'waiting'
                : 'asked',
      };
    });
    found.push({ number, turn: read.success ? read.data : undefined, preview: value?.preview, calls });
  }
  return found;
}

function openQuestions(records: readonly PathRecord[]): readonly string[] {
  const ended = new Set(records.flatMap((record) => (record.type === 'human-input-end' ? [record.requestId] : [])));
  return records.flatMap((record) =>
    record.type === 'human-input-start' && !ended.has(record.requestId) ? [record.key] : [],
  );
}

function outcomeOf(
  value: LabelledValue | undefined,
  run: NestedRun | undefined,
): { readonly text?: string; readonly error?: AgentCall['error']; readonly isCut: boolean } {
  if (value !== undefined) {
    const read = ToolOutcome.safeParse(value.value);
    // A result that was too large to load completely still has its preview.
    if (read.success) return { ...read.data, isCut: value.preview !== undefined };
    return value.preview === undefined ? { isCut: false } : { text: value.preview, isCut: true };
  }
  if (run?.endedAt === undefined) return { isCut: false };
  if (run.error !== undefined) return { error: run.error, isCut: false };
  return {
    text: JSON.stringify(
      Object.fromEntries(
        Object.entries(run.outputs ?? {}).map(([port, { value: one, preview }]) => [port, one ?? preview]),
      ),
    ),
    isCut: Object.values(run.outputs ?? {}).some(({ value: one }) => one === undefined),
  };
}
