import type { RunEventOf, RunSummary, StreamEvent } from '@heddle/core';
import type * as PromLibrary from 'prom-client';
import type { Registry } from 'prom-client';

/** The library, which is loaded behind the start. */
export type PromClient = typeof PromLibrary;

/** Where the workflow of a run is looked up. */
export interface RunNames {
  summary(runId: string): Promise<RunSummary>;
  /** The slug of a stored workflow; empty for a run of a document that is not stored. */
  slugOf(workflowId: string | undefined): Promise<string>;
}

/** In seconds: a run takes from a millisecond to an hour. */
const runBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 3_600];
const callBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Makes counters and histograms of a registry. */
function figuresOf({ Counter, Histogram }: PromClient, registry: Registry) {
  const registers = [registry];
  const counter = <Name extends string = never>(name: string, help: string, ...labelNames: Name[]) =>
    new Counter({ name: `heddle_${name}`, help, labelNames, registers });
  const histogram = <Name extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: Name[]
  ) => new Histogram({ name: `heddle_${name}`, help, labelNames, buckets, registers });
  return { counter, histogram };
}

type MakeFigures = ReturnType<typeof figuresOf>;

function createRunCounters({ counter, histogram }: MakeFigures) {
  return {
    ended: counter(
      'runs_ended_total',
      'Runs that ended, by the workflow, how they ended and what began them.',
      'workflow',
      'status',
      'trigger',
    ),
    duration: histogram(
      'run_duration_seconds',
      'From the start of a run to its end, the waiting for people and times included.',
      runBuckets,
      'workflow',
      'status',
    ),
    queued: histogram('run_queue_seconds', 'From the acceptance of a run to its start.', callBuckets),
    failures: counter(
      'node_errors_total',
      'Executions of nodes that failed for good, by the code of the error; carried means that an error port took it on.',
      'code',
      'carried',
    ),
    retries: counter(
      'node_retries_total',
      'Executions of nodes that failed and were tried again, by the code of the error.',
      'code',
    ),
    refusals: counter('label_refusals_total', 'Times that a value was refused to a destination for its label.'),
  };
}

function createCallCounters({ counter, histogram }: MakeFigures) {
  return {
    modelCalls: histogram(
      'model_call_duration_seconds',
      'Calls of models by nodes; the outcome is ok or the code of the error.',
      callBuckets,
      'model',
      'kind',
      'outcome',
    ),
    firstToken: histogram(
      'model_first_token_seconds',
      'From a call of a language model to its first token.',
      callBuckets,
      'model',
    ),
    tokens: counter('model_tokens_total', 'Tokens that language models read and wrote.', 'model', 'direction'),
    cost: counter(
      'model_cost_total',
      'What calls of language models cost, as far as their prices are known.',
      'model',
      'currency',
    ),
    toolCalls: histogram(
      'tool_call_duration_seconds',
      'Calls of tools by agents; the outcome is ok or the code of the error.',
      callBuckets,
      'tool',
      'source',
      'outcome',
    ),
  };
}

/** Counts what the events of runs say; gives the reader of a batch. It never throws: a fault here must not reach the engine. */
export function createRunFigures(
  library: PromClient,
  registry: Registry,
  names: RunNames,
): (runId: string, events: readonly StreamEvent[]) => void {
  const make = figuresOf(library, registry);
  const { ended, duration, queued, failures, retries, refusals } = createRunCounters(make);
  const { modelCalls, firstToken, tokens, cost, toolCalls } = createCallCounters(make);

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
          // A run that cannot be read now is not counted: the fault is reported elsewhere.
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
