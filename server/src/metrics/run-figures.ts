import type { RunEventOf, RunSummary, StreamEvent } from '@heddle/core';
import type * as PromLibrary from 'prom-client';
import type { Registry } from 'prom-client';

/** The Prometheus library, which is loaded after the start. */
export type PromClient = typeof PromLibrary;

/** Finds the workflow of a run. */
export interface RunNames {
  summary(runId: string): Promise<RunSummary>;
  /** The slug of a stored workflow; empty for a run of a document that is not stored. */
  slugOf(workflowId: string | undefined): Promise<string>;
}

/** In seconds. A run takes between a millisecond and an hour. */
const runBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 3_600];
const callBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Returns functions that create counters and histograms in a registry. */
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
      'Runs that ended, by workflow, status and trigger.',
      'workflow',
      'status',
      'trigger',
    ),
    duration: histogram(
      'run_duration_seconds',
      'From the start of a run to its end, including waits for people and timers.',
      runBuckets,
      'workflow',
      'status',
    ),
    queued: histogram('run_queue_seconds', 'From the acceptance of a run to its start.', callBuckets),
    failures: counter(
      'node_errors_total',
      'Node executions that failed for good, by error code; carried means that an error port handled the error.',
      'code',
      'carried',
    ),
    retries: counter('node_retries_total', 'Node executions that failed and were retried, by error code.', 'code'),
    refusals: counter('label_refusals_total', 'How often a value was refused to a destination because of its label.'),
  };
}

function createCallCounters({ counter, histogram }: MakeFigures) {
  return {
    modelCalls: histogram(
      'model_call_duration_seconds',
      'Model calls of nodes; the outcome is ok or the error code.',
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
      'Tool calls of agents; the outcome is ok or the error code.',
      callBuckets,
      'tool',
      'source',
      'outcome',
    ),
  };
}

/**
 * Counts runs by their events. Returns a function that reads a batch of events. It never throws, because a fault here must not reach the
 * engine.
 */
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
          // A run that cannot be read now is not counted. The fault is reported elsewhere.
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

/** Never negative, even if the clock was set back. */
const seconds = (milliseconds: number): number => Math.max(0, milliseconds) / 1_000;
