import {
  canonicalJson,
  createRunState,
  foldRun,
  HeddleError,
  isPlainObject,
  isTerminal,
  mostValues,
  parseJson,
  withoutUndefined,
  type EvaluationSubject,
  type Journal,
  type MadeToolCall,
  type RunEvent,
} from '@heddle/core';
import { plainValues } from '../common/plain-values.js';
import { contentHash } from '../calls/content-hash.js';
import { labelOfRun } from '../datasets/label-of-run.js';
import { refuseWithoutValues } from '../runs/start/resume-refusals.js';
import { passagesOfRun } from './passages-of-run.js';

/**
 * Collects what evaluators judge, from the journal of an ended run: inputs, outputs, passages, tool calls, time, cost, label. The caller
 * adds what the row expects. Errors: `run_not_found`, `run_unfinished`, `conflict` if the values of the run were removed.
 *
 * @example const subject = { ...(await subjectOfRun(journal, runId)), expected: row.expected, references: row.references };
 */
export async function subjectOfRun(
  journal: Pick<Journal, 'summary' | 'acceptance' | 'events' | 'bundle'>,
  runId: string,
): Promise<EvaluationSubject> {
  const summary = await journal.summary(runId);
  if (!isTerminal(summary.status))
    throw new HeddleError('run_unfinished', `The run ${runId} has not ended: it is ${summary.status}.`);
  refuseWithoutValues(summary);
  const [{ inputs }, events, { document }] = await Promise.all([
    journal.acceptance(runId),
    journal.events(runId),
    journal.bundle(runId),
  ]);
  const state = createRunState(runId);
  for (const event of events) foldRun(state, event);
  const { startedAt = summary.acceptedAt, endedAt = startedAt } = summary;
  return withoutUndefined({
    runId,
    inputs: plainValues(inputs),
    outputs: plainValues(state.outputs ?? {}),
    passages: passagesOfRun(document, state.executions),
    toolCalls: toolCallsOf(events),
    error: errorOf(state.error, summary.status),
    ms: Math.max(0, endedAt - startedAt),
    cost: summary.cost,
    tokens: summary.inputTokens + summary.outputTokens,
    label: labelOfRun(state, inputs),
  });
}

function errorOf(
  error: { readonly code: string; readonly message: string } | undefined,
  status: string,
): EvaluationSubject['error'] {
  if (status === 'done') return undefined;
  return { code: error?.code ?? 'run_cancelled', message: error?.message ?? 'The run was cancelled.' };
}

/** Errors of calls that were refused before they were made. */
const unmade: ReadonlySet<string> = new Set([
  'tool_denied',
  'tool_changed',
  'tool_arguments_invalid',
  'approval_refused',
  'label_refused',
  'budget_exceeded',
  'kill_switch',
]);

/**
 * The tool calls that were made, in the order in which they began. The record of a call has only a hash of its arguments; the model's reply
 * has them in full.
 */
function toolCallsOf(events: readonly RunEvent[]): readonly MadeToolCall[] {
  const asked = new Map<string, unknown>();
  for (const event of events) {
    if (event.type !== 'node-step') continue;
    for (const { name, args } of callsIn(event.value.value))
      asked.set(`${event.path} ${name} ${contentHash(canonicalJson(args))}`, args);
  }
  return events
    .filter((event) => event.type === 'tool-call')
    .filter(({ permission, error }) => permission !== 'deny' && !unmade.has(error?.code ?? ''))
    .sort((a, b) => a.started - b.started)
    .map(({ path, tool, argumentsHash }) => ({
      name: tool,
      arguments: asked.get(`${path} ${tool} ${argumentsHash}`),
    }));
}

/** The tool calls in a reply of a model. */
function callsIn(reply: unknown): readonly { readonly name: string; readonly args: unknown }[] {
  const calls = isPlainObject(reply) ? reply['calls'] : undefined;
  if (!Array.isArray(calls)) return [];
  return (calls as readonly unknown[]).flatMap((call) => {
    if (!isPlainObject(call) || typeof call['name'] !== 'string' || typeof call['arguments'] !== 'string') return [];
    try {
      return [
        { name: call['name'], args: parseJson(call['arguments'] === '' ? '{}' : call['arguments'], mostValues.usual) },
      ];
    } catch {
      return []; // Arguments that are not JSON; such a call was refused.
    }
  });
}
