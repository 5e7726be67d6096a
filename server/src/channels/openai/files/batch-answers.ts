import type { BatchStore } from '@heddle/adapters/channels';
import {
  chatInterfaceOf,
  fromErrorValue,
  HeddleError,
  type BatchRow,
  type ChatInterface,
  type LabelLevel,
  type Plan,
  type Principal,
} from '@heddle/core';
import { openAiError } from '../../../http/errors/openai-error.js';
import type { PublishedRuns } from '../../../publishing/runs/published-runs.js';
import type { RunService } from '../../../runs/run.service.js';
import { finishOf, textOf, wholeReply } from '../chat-reply.js';
import { responseReply } from '../responses/response-reply.js';
import type { BatchRequest } from './batch-requests.js';

const pageSize = 200;

interface AnswerSources {
  readonly store: BatchStore;
  readonly published: PublishedRuns;
  readonly runs: RunService;
  readonly caller: Principal;
  readonly plan: Plan;
  /** The highest label of an answer in a file. */
  readonly clearance: LabelLevel;
}

/** A line of the output file or of the error file. */
export interface AnswerLine {
  readonly kind: 'answer' | 'error';
  readonly text: string;
}

/**
 * Yields the result of each request, in the order of the file. The file is a destination: an answer above the clearance becomes an error,
 * by the same check as for a download.
 */
export async function* batchAnswers(
  batch: string,
  requests: AsyncIterable<BatchRequest>,
  sources: AnswerSources,
): AsyncGenerator<AnswerLine, void, void> {
  const chat = chatInterfaceOf(sources.plan.interface);
  let rows: readonly BatchRow[] = [];
  let at = 0;
  let after = 0;
  for await (const request of requests) {
    if (at >= rows.length) {
      rows = await sources.store.rows(batch, after, undefined, pageSize);
      at = 0;
      if (rows.length === 0) return;
    }
    const row = rows[at];
    at += 1;
    if (row === undefined) return;
    after = row.number;
    yield await lineOf(batch, row, request, { ...sources, chat });
  }
}

async function lineOf(
  batch: string,
  row: BatchRow,
  request: BatchRequest,
  sources: AnswerSources & { readonly chat: ChatInterface | undefined },
): Promise<AnswerLine> {
  const about = { id: `batch_req_${batch}_${row.number}`, custom_id: request.customId };
  const line = (kind: AnswerLine['kind'], rest: object): AnswerLine => ({
    kind,
    text: `${JSON.stringify({ ...about, ...rest })}\n`,
  });
  const failed = (error: HeddleError): AnswerLine => {
    const response = { status_code: error.status, request_id: row.runId ?? '', body: openAiError(error) };
    return line('error', { response, error: null });
  };
  if (row.status === 'cancelled' || row.runId === undefined)
    return line('error', {
      response: null,
      error: {
        code: row.code ?? 'batch_cancelled',
        message: row.error ?? 'The batch was cancelled before this request ran.',
      },
    });
  try {
    const { outputs, error } = await sources.published.get(row.runId, sources.caller, sources.clearance);
    if (error !== undefined) return failed(fromErrorValue({ ...error, retryable: false }));
    const body = await bodyOf(row.runId, request, outputs, sources);
    return line('answer', { response: { status_code: 200, request_id: row.runId, body }, error: null });
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    return failed(error);
  }
}

async function bodyOf(
  runId: string,
  { chat, response }: BatchRequest,
  outputs: Readonly<Record<string, unknown>>,
  sources: Pick<AnswerSources, 'runs'> & { readonly chat: ChatInterface | undefined },
): Promise<object> {
  const summary = await sources.runs.summary(runId);
  const answer = sources.chat?.output ?? '';
  if (response !== undefined) return responseReply({ request: response, summary, answer, outputs });
  const completion = { runId, model: chat.model, created: Math.floor(summary.acceptedAt / 1000) };
  return wholeReply(completion, { content: textOf(outputs[answer]), calls: [] }, finishOf(outputs, []), summary);
}
