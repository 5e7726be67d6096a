import {
  isTerminal,
  splitModelId,
  type RunEvent,
  type RunEventOf,
  type RunSummary,
  type TraceContext,
  type WorkflowDocument,
} from '@heddle/core';
import { joined, spanIds } from './trace-context.js';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A span of a trace. Times are epoch milliseconds; ids are hex, as in OpenTelemetry. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** `client` for calls of models and tools. */
  readonly kind: 'internal' | 'server' | 'client';
  readonly start: number;
  readonly end: number;
  readonly attributes: SpanAttributes;
  /** Links to spans of other traces that caused this one. */
  readonly links?: readonly SpanLink[];
  /** The code of the error, never its message, which can contain values. */
  readonly error?: string;
}

export type SpanLink = Pick<Span, 'traceId' | 'spanId'>;

/** A run whose spans are exported. */
interface TracedRun {
  /** The trace context of the run's start. The run is part of that trace, or only links to it. */
  readonly trace?: TraceContext | undefined;
  /** A span of the run that this run continues or repeats; that run has another trace. */
  readonly origin?: SpanLink | undefined;
  readonly summary: RunSummary;
  readonly document: Pick<WorkflowDocument, 'nodes'>;
  readonly events: readonly RunEvent[];
  /** Spans that ended at or before this sequence number were exported earlier and are left out. */
  readonly after?: number;
}

/**
 * Makes the spans of a run: the run itself once it has ended, its executions by attempt, nested runs, human inputs, and calls of models and
 * tools. Names follow the semantic conventions for generative AI (https://opentelemetry.io/docs/specs/semconv/gen-ai/). A trace contains no
 * values of the run. All ids are derived from the ids of the run, or of the trace that it is part of, so the same run always gives the same
 * trace.
 */
export function spansOfRun({ summary, document, events, trace, origin, after = 0 }: TracedRun): Span[] {
  const { runId } = summary;
  const traceId = spanIds.trace({ runId, trace });
  const rootId = spanIds.run(runId);
  const outside: SpanLink[] = trace?.isLink === true ? [{ traceId: trace.traceId, spanId: trace.spanId }] : [];
  const links = [...(origin === undefined ? [] : [origin]), ...outside];
  const inside = new EventSpans(runId, traceId, document);
  for (const event of events) inside.read(event);
  const added = inside.spans.filter((_span, index) => (inside.seqs[index] ?? 0) > after);
  // The execution around a span may not have ended; its own span is exported later.
  if (!isTerminal(summary.status)) return added;
  const root = {
    ...runSpan(summary, traceId, rootId, events),
    parentSpanId: joined(trace)?.spanId,
    links: links.length === 0 ? undefined : links,
  };
  // An execution that was cut off, for example by a cancellation, has no span, so its inner spans move to the run.
  const known = new Set(inside.spans.map(({ spanId }) => spanId));
  const spans = added.map((span) =>
    span.parentSpanId === undefined || known.has(span.parentSpanId) ? span : { ...span, parentSpanId: rootId },
  );
  return [root, ...spans];
}

/** Collects spans from the events of a run. */
class EventSpans {
  readonly spans: Span[] = [];
  /** For each span, the sequence number of the event that ended it. */
  readonly seqs: number[] = [];
  private seq = 0;
  private readonly begun = new Map<string, RunEvent>();

  constructor(
    private readonly runId: string,
    private readonly traceId: string,
    private readonly document: TracedRun['document'],
  ) {}

  read(event: RunEvent): void {
    this.seq = event.seq;
    switch (event.type) {
      case 'node-start':
        this.begun.set(`node ${event.path} ${event.attempt}`, event);
        break;
      case 'node-end':
      case 'node-error':
      case 'node-retry':
        this.addExecution(event);
        break;
      case 'nested-start':
        this.begun.set(`nested ${event.path}#${event.key}`, event);
        break;
      case 'nested-end':
        this.addNested(event);
        break;
      case 'human-input-start':
        this.begun.set(`ask ${event.requestId}`, event);
        break;
      case 'human-input-end':
        this.addQuestion(event);
        break;
      case 'model-call':
      case 'tool-call':
        this.add([event.type, event.seq], {
          parentSpanId: this.executionOf(event),
          kind: 'client',
          start: event.started,
          end: event.time,
          ...(event.type === 'model-call' ? modelCall(event) : toolCall(event)),
          error: event.error?.code,
        });
        break;
      default:
    }
  }

  private addExecution(event: RunEventOf<'node-end'> | RunEventOf<'node-error'> | RunEventOf<'node-retry'>): void {
    const { path, attempt, time } = event;
    const start = 'started' in event ? event.started : this.begun.get(`node ${path} ${attempt}`)?.time;
    this.add(['node', path, attempt], {
      parentSpanId: this.parentOf(path),
      name: nodeNameOf(path),
      kind: 'internal',
      start: start ?? time,
      end: time,
      attributes: nodeAttributes(event, this.document),
      error: 'error' in event ? event.error.code : undefined,
    });
  }

  private addNested(event: RunEventOf<'nested-end'>): void {
    const path = `${event.path}#${event.key}`;
    const start = this.begun.get(`nested ${path}`) as RunEventOf<'nested-start'> | undefined; // `read` stores `nested-start` under this key
    this.add(['nested', path], {
      parentSpanId: this.executionOf(event),
      name: `workflow ${start?.workflow ?? event.key}`,
      kind: 'internal',
      start: start?.time ?? event.time,
      end: event.time,
      attributes: { 'heddle.node.path': path },
      error: event.error?.code,
    });
  }

  private addQuestion({ requestId, path, outcome, time }: RunEventOf<'human-input-end'>): void {
    const attributes = { 'heddle.human_input.outcome': outcome, 'heddle.node.path': path };
    this.add(['ask', requestId], {
      parentSpanId: this.parentOf(path),
      name: 'question',
      kind: 'internal',
      attributes,
      start: this.begun.get(`ask ${requestId}`)?.time ?? time,
      end: time,
    });
  }

  private add(parts: readonly unknown[], span: Omit<Span, 'traceId' | 'spanId'>): void {
    this.seqs.push(this.seq);
    this.spans.push({ traceId: this.traceId, spanId: spanIds.of(this.runId, ...parts), ...span });
  }

  private executionOf({ path, attempt }: { readonly path: string; readonly attempt: number }): string {
    return spanIds.node(this.runId, path, attempt);
  }

  private parentOf(path: string): string {
    const nested = nestedPathOf(path);
    return nested === undefined ? spanIds.run(this.runId) : spanIds.of(this.runId, 'nested', nested);
  }
}

function runSpan(
  { runId, workflowName, workflowId, version, trigger, acceptedAt, endedAt, status, origin, error }: RunSummary,
  traceId: string,
  spanId: string,
  events: readonly RunEvent[],
): Span {
  return {
    traceId,
    spanId,
    name: workflowName,
    kind: 'server',
    start: acceptedAt,
    end: endedAt ?? events.at(-1)?.time ?? acceptedAt,
    attributes: {
      'heddle.run.id': runId,
      'heddle.run.status': status,
      'heddle.run.trigger': trigger,
      'heddle.workflow.id': workflowId,
      'heddle.workflow.version': version,
      'heddle.run.origin': origin,
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
    'heddle.node.path': path,
    'heddle.node.attempt': attempt,
    'heddle.node.type': node?.type,
    ...(type === 'node-retry' ? { 'heddle.node.retried': true } : {}),
  };
}

const operations = { generate: 'chat', embed: 'embeddings', rerank: 'rerank', classify: 'classify' } as const;

function modelCall(event: RunEventOf<'model-call'>): Pick<Span, 'name' | 'attributes'> {
  const { model, kind, answered, usage, finishReason, isLocal, batch } = event;
  const operation = operations[kind];
  return {
    name: `${operation} ${model}`,
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.request.model': model,
      'gen_ai.provider.name': splitModelId(model).connection ?? (isLocal ? 'heddle' : 'unknown'),
      'gen_ai.response.model': answered,
      'gen_ai.response.finish_reasons': finishReason === undefined ? undefined : [finishReason],
      'gen_ai.usage.input_tokens': usage?.inputTokens,
      'gen_ai.usage.output_tokens': usage?.outputTokens,
      'heddle.first_token_ms': usage?.firstTokenMs,
      'heddle.batch': batch,
      'heddle.cost': usage?.cost,
      'heddle.currency': usage?.cost === undefined ? undefined : (usage.currency ?? 'USD'),
    },
  };
}

function toolCall({ tool, source, permission }: RunEventOf<'tool-call'>): Pick<Span, 'name' | 'attributes'> {
  return {
    name: `execute_tool ${tool}`,
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'heddle.tool.source': source,
      'heddle.tool.permission': permission,
    },
  };
}

/** Gives the nested run of a path: `each#0` for `each#0/write@1`; undefined for a path of the run itself. */
function nestedPathOf(path: string): string | undefined {
  const end = path.lastIndexOf('/');
  return end < 0 ? undefined : path.slice(0, end);
}

/** Gives the name of the node: `write` for `each#0/write@1`. */
const nodeNameOf = (path: string): string => /[^/]*$/.exec(path)?.[0].replace(/[@#].*$/, '') ?? path;
