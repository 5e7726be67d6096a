import { mostRows, streamRows, type GivenRow } from '@heddle/adapters/channels';
import { HeddleError, ResponseRequest, type BatchEndpoint } from '@heddle/core';
import { z } from 'zod';
import { ChatRequest } from '../chat-request.js';
import { chatOf, itemsOf } from '../responses/chat-of-items.js';

const Line = z.looseObject({
  custom_id: z.string().min(1).max(512),
  method: z.literal('POST'),
  url: z.string(),
  body: z.record(z.string(), z.unknown()),
});

export interface BatchRequest {
  readonly customId: string;
  readonly chat: ChatRequest;
  /** The body of a request to the Responses API, which its answer repeats. */
  readonly response: ResponseRequest | undefined;
}

const shownProblems = 3;

/** Reads the requests of a file in order. Errors: `batch_invalid` with the line. */
export async function* readRequests(
  content: AsyncIterable<Uint8Array>,
  endpoint: BatchEndpoint,
): AsyncGenerator<BatchRequest, void, void> {
  for await (const { row, line } of streamRows(content, 'requests.jsonl')) yield requestOf(row, line, endpoint);
}

/**
 * The model and the first request. All requests are read before any runs: each must have its own id, and all must name the same
 * model. Errors: `batch_invalid` with the first lines that do not fit.
 */
export async function surveyRequests(
  content: AsyncIterable<Uint8Array>,
  endpoint: BatchEndpoint,
): Promise<{ readonly model: string; readonly first: BatchRequest }> {
  const ids = new Set<string>();
  const problems: string[] = [];
  let bad = 0;
  let first: BatchRequest | undefined;
  let count = 0;
  for await (const { row, line } of streamRows(content, 'requests.jsonl')) {
    count += 1;
    if (count > mostRows) throw invalid(`The file has more than ${mostRows.toLocaleString('en')} requests: split it.`);
    try {
      const request = requestOf(row, line, endpoint);
      first ??= request;
      if (ids.has(request.customId)) throw invalid(`Line ${line} has the custom_id of an earlier line.`);
      ids.add(request.customId);
      if (request.chat.model !== first.chat.model)
        throw invalid(`Line ${line} names another model than '${first.chat.model.slice(0, 80)}'.`);
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'batch_invalid') throw error;
      bad += 1;
      if (problems.length < shownProblems) problems.push(error.message);
    }
  }
  if (bad > 0) throw invalid(`${bad} of ${count} requests do not fit. ${problems.join(' ')}`);
  if (first === undefined) throw invalid('The file has no requests.');
  return { model: first.chat.model, first };
}

function requestOf(row: GivenRow, line: number, endpoint: BatchEndpoint): BatchRequest {
  const found = parse(Line, row, line);
  if (found.url !== endpoint)
    throw invalid(`Line ${line} asks for ${found.url.slice(0, 80)}, the batch for ${endpoint}.`);
  if (found.body['stream'] === true) throw invalid(`Line ${line} wants a stream, which a batch cannot give.`);
  if (endpoint === '/v1/chat/completions')
    return { customId: found.custom_id, chat: parse(ChatRequest, found.body, line), response: undefined };
  const response = parse(ResponseRequest, found.body, line);
  for (const name of ['previous_response_id', 'conversation', 'background'] as const)
    if (response[name] != null && response[name] !== false)
      throw invalid(`Line ${line} has ${name}, which a batch does not take.`);
  return { customId: found.custom_id, chat: chatOf(response, itemsOf(response)), response };
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, line: number): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`Line ${line}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it does not fit'}.`);
}

const invalid = (message: string): HeddleError =>
  new HeddleError('batch_invalid', message, { details: { input: 'input_file_id' } });
