import { encodeResponse } from './response-events.js';

/** What the model of a double says, before it is put into a provider's form. */
export interface PlannedReply {
  readonly reasoning?: string;
  readonly text: readonly string[];
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly fragments: readonly string[] }[];
  readonly finish: 'stop' | 'length' | 'tools' | 'none';
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens?: number;
  readonly cacheWriteTokens?: number;
}

export type WireFormat = 'openai' | 'responses' | 'anthropic' | 'google';

/** One entry an event of the stream; the first `head` entries come before any text. */
export interface WireEvents {
  readonly events: readonly string[];
  readonly head: number;
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

export const encoders: Readonly<Record<WireFormat, (reply: PlannedReply) => WireEvents>> = {
  openai(reply) {
    const chunk = (delta: unknown, finish: string | null = null): string =>
      data({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'double',
        choices: [{ index: 0, delta, finish_reason: finish }],
        usage: null,
      });
    const events = [chunk({ role: 'assistant', content: '' })];
    if (reply.reasoning !== undefined) events.push(chunk({ reasoning_content: reply.reasoning }));
    events.push(...reply.text.map((content) => chunk({ content })));
    (reply.calls ?? []).forEach(({ id, name, fragments }, index) => {
      events.push(chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }));
      for (const part of fragments) events.push(chunk({ tool_calls: [{ index, function: { arguments: part } }] }));
    });
    if (reply.finish !== 'none') {
      events.push(chunk({}, { stop: 'stop', length: 'length', tools: 'tool_calls' }[reply.finish]));
      events.push(
        data({
          id: 'chatcmpl-1',
          object: 'chat.completion.chunk',
          created: 1,
          model: 'double',
          choices: [],
          usage: {
            prompt_tokens: reply.inputTokens,
            completion_tokens: reply.outputTokens,
            total_tokens: reply.inputTokens + reply.outputTokens,
            prompt_tokens_details: { cached_tokens: reply.cachedTokens ?? 0 },
            completion_tokens_details: { reasoning_tokens: 0 },
          },
        }),
      );
      events.push('data: [DONE]\n\n');
    }
    return { events, head: 1 };
  },
  responses: encodeResponse,
  anthropic(reply) {
    const event = (type: string, rest: object): string => `event: ${type}\n${data({ type, ...rest })}`;
    const events = [
      event('message_start', {
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'double',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: reply.inputTokens - (reply.cachedTokens ?? 0) - (reply.cacheWriteTokens ?? 0),
            cache_creation_input_tokens: reply.cacheWriteTokens ?? 0,
            cache_read_input_tokens: reply.cachedTokens ?? 0,
            output_tokens: 1,
          },
        },
      }),
    ];
    let index = 0;
    const block = (start: object, deltas: readonly object[]): void => {
      events.push(event('content_block_start', { index, content_block: start }));
      for (const delta of deltas) events.push(event('content_block_delta', { index, delta }));
      events.push(event('content_block_stop', { index }));
      index += 1;
    };
    events.push(event('ping', {}));
    const head = events.length + 1;
    if (reply.reasoning !== undefined)
      block({ type: 'thinking', thinking: '', signature: '' }, [
        { type: 'thinking_delta', thinking: reply.reasoning },
        { type: 'signature_delta', signature: 'c2lnbmF0dXJl' },
      ]);
    if (reply.text.length > 0)
      block(
        { type: 'text', text: '' },
        reply.text.map((text) => ({ type: 'text_delta', text })),
      );
    for (const { id, name, fragments } of reply.calls ?? [])
      block(
        { type: 'tool_use', id, name, input: {} },
        fragments.map((part) => ({ type: 'input_json_delta', partial_json: part })),
      );
    if (reply.finish !== 'none') {
      events.push(
        event('message_delta', {
          delta: {
            stop_reason: { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use' }[reply.finish],
            stop_sequence: null,
          },
          usage: { output_tokens: reply.outputTokens },
        }),
      );
      events.push(event('message_stop', {}));
    }
    return { events, head };
  },
  google(reply) {
    const chunk = (parts: readonly object[], more: object = {}): string =>
      `data: ${JSON.stringify({
        candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
        modelVersion: 'double',
        responseId: 'r1',
      })}\r\n\r\n`;
    const events: string[] = [];
    if (reply.reasoning !== undefined) events.push(chunk([{ text: reply.reasoning, thought: true }]));
    events.push(...reply.text.map((text) => chunk([{ text }])));
    for (const { name, fragments } of reply.calls ?? [])
      events.push(
        chunk([{ functionCall: { name, args: JSON.parse(fragments.join('')) }, thoughtSignature: 'c2lnbmF0dXJl' }]),
      );
    if (reply.finish !== 'none')
      events.push(
        `data: ${JSON.stringify({
          candidates: [
            {
              content: { parts: [{ text: '' }], role: 'model' },
              finishReason: { stop: 'STOP', length: 'MAX_TOKENS', tools: 'STOP' }[reply.finish],
              index: 0,
            },
          ],
          usageMetadata: {
            promptTokenCount: reply.inputTokens,
            candidatesTokenCount: reply.outputTokens,
            cachedContentTokenCount: reply.cachedTokens ?? 0,
            totalTokenCount: reply.inputTokens + reply.outputTokens,
          },
          modelVersion: 'double',
          responseId: 'r1',
        })}\r\n\r\n`,
      );
    return { events, head: 0 };
  },
};

/** The body of an error in each form. */
export function errorBody(format: WireFormat, status: number, kind: string, message: string): string {
  if (format === 'openai' || format === 'responses')
    return JSON.stringify({ error: { message, type: kind, param: null, code: kind } });
  if (format === 'anthropic')
    return JSON.stringify({ type: 'error', error: { type: kind, message }, request_id: 'req_1' });
  return JSON.stringify({ error: { code: status, message, status: kind.toUpperCase() } });
}

/** An error that comes in the middle of a stream. */
export function streamError(format: WireFormat): string {
  if (format === 'anthropic')
    return `event: error\n${data({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })}`;
  if (format === 'google')
    return data({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } });
  if (format === 'responses')
    return `event: error\n${data({ type: 'error', sequence_number: 9, code: 'server_error', message: 'The server had an error', param: null })}`;
  return data({ error: { message: 'The server had an error', type: 'server_error', param: null, code: 500 } });
}

/** A piece that is no JSON. */
export function brokenEvent(format: WireFormat): string {
  return format === 'anthropic'
    ? 'event: content_block_delta\ndata: {"type":"content_block_del\n\n'
    : 'data: {"cand{\n\n';
}
