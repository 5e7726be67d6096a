import {
  splitModelId,
  type RunEvent,
  type RunEventOf,
  type RunSummary,
  type TraceContext,
  type WorkflowDocument,
} from '@heddle/core';
import { joined, spanIds } from './trace-context.js';

/** What a span may say of itself. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A piece of work in a trace. Times are epoch milliseconds; ids are hex as OpenTelemetry wants them. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** `client` for what is asked of a model or tool. */
  readonly kind: 'internal' | 'server' | 'client';
  readonly start: number;
  readonly end: number;
  readonly attributes: SpanAttributes;
  /** Spans of other traces that it follows from. */
  readonly links?: readonly SpanLink[];
  /** The code of the error, where it failed. Never its words, which may be made of what was read (B2). */
  readonly error?: string;
}

export type SpanLink = Pick<Span, 'traceId' | 'spanId'>;

/** What is told of a run. */
export interface TracedRun {
  /** Where in whose trace it was asked for: it is a part of that trace, or has a link to it. */
  readonly trace?: TraceContext | undefined;
  /** The run that it continues or repeats, whose trace is another. */
  readonly origin?: SpanLink | undefined;
  readonly summary: RunSummary;
  readonly document: Pick<WorkflowDocument, 'nodes'>;
  readonly events: readonly RunEvent[];
}

/**
 * The trace of a run that has ended: the run, its executions by attempt, nested runs, questions, and calls of models and tools, named as
 * the semantic conventions for generative AI have it (https://opentelemetry.io/docs/specs/semconv/gen-ai/). No value of the run is in it. The
 * ids follow from the run's, or from the trace that it was asked for in, so that a run that is told twice is the same trace.
 */
export function spansOfRun({ summary, document, events, trace, origin }: TracedRun): Span[] {
  const { runId } = summary;
  const traceId = spanIds.trace({ runId, ...(trace === undefined ? {} : { trace }) });
  const rootId = spanIds.run(runId);
  const parent = joined(trace);
  const outside: SpanLink[] = trace?.isLink === true ? [{ traceId: trace.traceId, spanId: trace.spanId }] : [];
  const links = [...(origin === undefined ? [] : [origin]), ...outside];
  const root = {
    ...runSpan(summary, traceId, rootId, events),
    ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
    ...(links.length === 0 ? {} : { links }),
  };
  const spans: Span[] = [];
  const parentOf = (path: string): string => {
    const nested = nestedPathOf(path);
    return nested === undefined ? rootId : spanIds.of(runId, 'nested', nested);
  };
  const add = (parts: readonly unknown[], span: Omit<Span, 'traceId' | 'spanId'>): void =>
    void spans.push({ traceId, spanId: spanIds.of(runId, ...parts), ...span });
  const begun = new Map<string, RunEvent>();
  for (const event of events) {
    const inExecution = 'attempt' in event ? spanIds.node(runId, event.path, event.attempt) : rootId;
    switch (event.type) {
      case 'node-start':
        begun.set(`node ${event.path} ${event.attempt}`, event);
        break;
      case 'node-end':
      case 'node-error':
      case 'node-retry': {
        const start = 'started' in event ? event.started : begun.get(`node ${event.path} ${event.attempt}`)?.time;
        add(['node', event.path, event.attempt], {
          ...{ parentSpanId: parentOf(event.path), name: nodeNameOf(event.path), kind: 'internal' },
          ...{ start: start ?? event.time, end: event.time },
          attributes: nodeAttributes(event, document),
          ...('error' in event ? { error: event.error.code } : {}),
        });
        break;
      }
      case 'nested-start':
        begun.set(`nested ${event.path}#${event.key}`, event);
        break;
      case 'nested-end': {
        const path = `${event.path}#${event.key}`;
        const start = begun.get(`nested ${path}`) as RunEventOf<'nested-start'> | undefined;
        add(['nested', path], {
          ...{ parentSpanId: inExecution, name: `workflow ${start?.workflow ?? event.key}`, kind: 'internal' },
          ...{ start: start?.time ?? event.time, end: event.time, attributes: { 'heddle.node.path': path } },
          ...(event.error === undefined ? {} : { error: event.error.code }),
        });
        break;
      }
      case 'human-input-start':
        begun.set(`ask ${event.requestId}`, event);
        break;
      case 'human-input-end': {
        const attributes = { 'heddle.human_input.outcome': event.outcome, 'heddle.node.path': event.path };
        add(['ask', event.requestId], {
          ...{ parentSpanId: parentOf(event.path), name: 'question', kind: 'internal', attributes },
          ...{ start: begun.get(`ask ${event.requestId}`)?.time ?? event.time, end: event.time },
        });
        break;
      }
      case 'model-call':
      case 'tool-call':
        add([event.type, event.seq], {
          ...{ parentSpanId: inExecution, kind: 'client', start: event.started, end: event.time },
          ...(event.type === 'model-call' ? modelCall(event) : toolCall(event)),
          ...(event.error === undefined ? {} : { error: event.error.code }),
        });
        break;
      default:
    }
  }
  // Of what was cut off, as where the run was cancelled, there is no span that others could be in.
  const known = new Set(spans.map(({ spanId }) => spanId));
  const inside = spans.map((span) =>
    span.parentSpanId === undefined || known.has(span.parentSpanId) ? span : { ...span, parentSpanId: rootId },
  );
  return [root, ...inside];
}

function runSpan(
  { runId, workflowName, workflowId, version, trigger, acceptedAt, endedAt, status, origin, error }: RunSummary,
  traceId: string,
  spanId: string,
  events: readonly RunEvent[],
): Span {
  return {
    ...{ traceId, spanId, name: workflowName, kind: 'server' },
    ...{ start: acceptedAt, end: endedAt ?? events.at(-1)?.time ?? acceptedAt },
    attributes: {
      ...{ 'heddle.run.id': runId, 'heddle.run.status': status, 'heddle.run.trigger': trigger },
      ...(workflowId === undefined ? {} : { 'heddle.workflow.id': workflowId }),
      ...(version === undefined ? {} : { 'heddle.workflow.version': version }),
      ...(origin === undefined ? {} : { 'heddle.run.origin': origin }),
    },
    ...(status === 'failed' ? { error: error?.code ?? 'internal' } : {}),
  };
}

function nodeAttributes(
  { path, attempt, type }: RunEventOf<'node-end'> | RunEventOf<'node-error'> | RunEventOf<'node-retry'>,
  { nodes }: TracedRun['document'],
): SpanAttributes {
  const node = path.includes('/') ? undefined : nodes[nodeNameOf(path)];
  return {
    ...{ 'heddle.node.path': path, 'heddle.node.attempt': attempt },
    ...(node === undefined ? {} : { 'heddle.node.type': node.type }),
    ...(type === 'node-retry' ? { 'heddle.node.retried': true } : {}),
  };
}

const operations = { generate: 'chat', embed: 'embeddings', rerank: 'rerank', classify: 'classify' } as const;

function modelCall(event: RunEventOf<'model-call'>): Pick<Span, 'name' | 'attributes'> {
  const { model, kind, answered, usage, finishReason, isLocal } = event;
  const operation = operations[kind];
  return {
    name: `${operation} ${model}`,
    attributes: {
      ...{ 'gen_ai.operation.name': operation, 'gen_ai.request.model': model },
      'gen_ai.provider.name': splitModelId(model).connection ?? (isLocal ? 'heddle' : 'unknown'),
      ...(answered === undefined ? {} : { 'gen_ai.response.model': answered }),
      ...(finishReason === undefined ? {} : { 'gen_ai.response.finish_reasons': [finishReason] }),
      ...(usage === undefined
        ? {}
        : { 'gen_ai.usage.input_tokens': usage.inputTokens, 'gen_ai.usage.output_tokens': usage.outputTokens }),
      ...(usage?.firstTokenMs === undefined ? {} : { 'heddle.first_token_ms': usage.firstTokenMs }),
      ...(usage?.cost === undefined ? {} : { 'heddle.cost': usage.cost, 'heddle.currency': usage.currency ?? 'USD' }),
    },
  };
}

function toolCall({ tool, source, permission }: RunEventOf<'tool-call'>): Pick<Span, 'name' | 'attributes'> {
  return {
    name: `execute_tool ${tool}`,
    attributes: {
      ...{ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool },
      ...{ 'heddle.tool.source': source, 'heddle.tool.permission': permission },
    },
  };
}

/** `each#0` of `each#0/write@1`: the nested run that a path is in; undefined in the run itself (P1). */
function nestedPathOf(path: string): string | undefined {
  const end = path.lastIndexOf('/');
  return end < 0 ? undefined : path.slice(0, end);
}

/** `write` of `each#0/write@1`. */
const nodeNameOf = (path: string): string => /[^/]*$/.exec(path)?.[0].replace(/[@#].*$/, '') ?? path;
