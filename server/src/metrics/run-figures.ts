import type { RunEventOf, RunSummary, StreamEvent } from '@heddle/core';
import type * as PromLibrary from 'prom-client';
import type { Registry } from 'prom-client';

/** The library, which is loaded when somebody asks for figures. */
export type PromClient = typeof PromLibrary;

/** Where the workflow of a run is looked up. */
export interface RunNames {
  summary(runId: string): Promise<RunSummary>;
  /** The slug of a stored workflow; empty for a run of a document that is not stored. */
  slugOf(workflowId: string | undefined): Promise<string>;
}

/** Seconds: a run takes a millisecond or an hour. */
const runBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 3_600];
const callBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Counts what the events of runs tell; gives the reader of a batch. It never throws, as the engine must not hear of it. */
export function createRunFigures(
  { Counter, Histogram }: PromClient,
  registry: Registry,
  names: RunNames,
): (runId: string, events: readonly StreamEvent[]) => void {
  const registers = [registry];
  const ended = new Counter({
    name: 'heddle_runs_ended_total',
    help: 'Runs that ended, by the workflow, how they ended and what began them.',
    labelNames: ['workflow', 'status', 'trigger'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'heddle_run_duration_seconds',
    help: 'From the start of a run to its end, the waiting for people and times included.',
    labelNames: ['workflow', 'status'] as const,
    buckets: runBuckets,
    registers,
  });
  const queued = new Histogram({
    name: 'heddle_run_queue_seconds',
    help: 'From the acceptance of a run to its start.',
    buckets: callBuckets,
    registers,
  });
  const failures = new Counter({
    name: 'heddle_node_errors_total',
    help: 'Executions of nodes that failed for good, by the code of the error; carried means that an error port took it on.',
    labelNames: ['code', 'carried'] as const,
    registers,
  });
  const retries = new Counter({
    name: 'heddle_node_retries_total',
    help: 'Executions of nodes that failed and were tried again, by the code of the error.',
    labelNames: ['code'] as const,
    registers,
  });
  const refusals = new Counter({
    name: 'heddle_label_refusals_total',
    help: 'Times that a value was not let to a place for its label.',
    registers,
  });
  const modelCalls = new Histogram({
    name: 'heddle_model_call_duration_seconds',
    help: 'Calls of models by nodes; the outcome is ok or the code of the error.',
    labelNames: ['model', 'kind', 'outcome'] as const,
    buckets: callBuckets,
    registers,
  });
  const firstToken = new Histogram({
    name: 'heddle_model_first_token_seconds',
    help: 'From a call of a language model to its first token.',
    labelNames: ['model'] as const,
    buckets: callBuckets,
    registers,
  });
  const tokens = new Counter({
    name: 'heddle_model_tokens_total',
    help: 'Tokens that language models read and wrote.',
    labelNames: ['model', 'direction'] as const,
    registers,
  });
  const cost = new Counter({
    name: 'heddle_model_cost_total',
    help: 'What calls of language models cost, as far as their prices are known.',
    labelNames: ['model', 'currency'] as const,
    registers,
  });
  const toolCalls = new Histogram({
    name: 'heddle_tool_call_duration_seconds',
    help: 'Calls of tools by agents; the outcome is ok or the code of the error.',
    labelNames: ['tool', 'source', 'outcome'] as const,
    buckets: callBuckets,
    registers,
  });

  async function countEnd({ runId, status }: RunEventOf<'run-end'>): Promise<void> {
    const { workflowId, trigger, acceptedAt, startedAt, endedAt } = await names.summary(runId);
    const workflow = await names.slugOf(workflowId);
    ended.inc({ workflow, status, trigger });
    if (startedAt === undefined) return;
    queued.observe(seconds(startedAt - acceptedAt));
    if (endedAt !== undefined) duration.observe({ workflow, status }, seconds(endedAt - startedAt));
  }

  function countModelCall({ model, kind, started, time, usage, error }: RunEventOf<'model-call'>): void {
    modelCalls.observe({ model, kind, outcome: error?.code ?? 'ok' }, seconds(time - started));
    if (usage === undefined) return;
    tokens.inc({ model, direction: 'input' }, usage.inputTokens);
    tokens.inc({ model, direction: 'output' }, usage.outputTokens);
    if (usage.firstTokenMs !== undefined) firstToken.observe({ model }, seconds(usage.firstTokenMs));
    if (usage.cost !== undefined) cost.inc({ model, currency: usage.currency ?? 'USD' }, usage.cost);
  }

  return (_runId, events) => {
    for (const event of events)
      switch (event.type) {
        case 'run-end':
          // A run that cannot be read now is not counted: the fault itself is told elsewhere.
          void countEnd(event).catch(() => undefined);
          break;
        case 'node-error':
          failures.inc({ code: event.error.code, carried: String(event.isCarried) });
          break;
        case 'node-retry':
          retries.inc({ code: event.error.code });
          break;
        case 'label-decision':
          if (event.decision === 'refused') refusals.inc();
          break;
        case 'model-call':
          countModelCall(event);
          break;
        case 'tool-call':
          toolCalls.observe(
            { tool: event.tool, source: event.source, outcome: event.error?.code ?? 'ok' },
            seconds(event.time - event.started),
          );
          break;
        default:
      }
  };
}

/** A clock that was set back must not make a time negative. */
const seconds = (milliseconds: number): number => Math.max(0, milliseconds) / 1_000;
