import type {
  Response,
  ResponseFunctionToolCall,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseReasoningItem,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses';
import type { PlannedReply, WireEvents } from './wire-formats.js';

type WithoutNumber<Event> = Event extends unknown ? Omit<Event, 'sequence_number'> : never;

/** A response in the official client's form. */
export function responseOf(reply: PlannedReply, output: ResponseOutputItem[], status: Response['status']): Response {
  const cached = reply.cachedTokens ?? 0;
  return {
    ...{ id: 'resp_1', object: 'response', created_at: 1, model: 'double', output, output_text: '', status },
    ...{ error: null, instructions: null, metadata: null, parallel_tool_calls: true, access_programs: null },
    ...{ temperature: null, top_p: null, tool_choice: 'auto', tools: [] },
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    usage: {
      input_tokens: reply.inputTokens,
      input_tokens_details: { cached_tokens: cached, cache_write_tokens: reply.cacheWriteTokens ?? 0 },
      output_tokens: reply.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: reply.inputTokens + reply.outputTokens,
    },
  };
}

/** A reply as events of the Responses API, in the order of OpenAI. */
export function encodeResponse(reply: PlannedReply): WireEvents {
  const output: ResponseOutputItem[] = [];
  const events: string[] = [];
  const add = (event: WithoutNumber<ResponseStreamEvent>): void => {
    const data = { ...event, sequence_number: events.length };
    events.push(`event: ${event.type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  add({ type: 'response.created', response: { ...responseOf(reply, [], 'in_progress'), usage: undefined } });
  add({ type: 'response.in_progress', response: { ...responseOf(reply, [], 'in_progress'), usage: undefined } });
  const reasoning = reply.reasoning;
  if (reasoning !== undefined) {
    const item: ResponseReasoningItem = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: '' };
    const at = { item_id: item.id, output_index: output.length, summary_index: 0 };
    const part = { type: 'summary_text' as const, text: reasoning };
    add({ type: 'response.output_item.added', output_index: at.output_index, item });
    add({ type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } });
    add({ type: 'response.reasoning_summary_text.delta', ...at, delta: reasoning });
    add({ type: 'response.reasoning_summary_text.done', ...at, text: reasoning });
    add({ type: 'response.reasoning_summary_part.done', ...at, part });
    const whole = { ...item, summary: [part], encrypted_content: 'c2VhbGVkIHRob3VnaHRz' };
    add({ type: 'response.output_item.done', output_index: output.push(whole) - 1, item: whole });
  }
  let head = events.length;
  if (reply.text.length > 0) {
    const item: ResponseOutputMessage = {
      ...{ type: 'message', id: 'msg_1', role: 'assistant', status: 'in_progress', content: [], phase: 'commentary' },
    };
    const at = { item_id: item.id, output_index: output.length, content_index: 0 };
    const whole = { type: 'output_text' as const, text: reply.text.join(''), annotations: [], logprobs: [] };
    add({ type: 'response.output_item.added', output_index: at.output_index, item });
    add({ type: 'response.content_part.added', ...at, part: { ...whole, text: '' } });
    head = events.length;
    for (const delta of reply.text) add({ type: 'response.output_text.delta', ...at, delta, logprobs: [] });
    if (reply.finish !== 'none') {
      add({ type: 'response.output_text.done', ...at, text: whole.text, logprobs: [] });
      add({ type: 'response.content_part.done', ...at, part: whole });
      const done: ResponseOutputMessage = { ...item, status: 'completed', content: [whole] };
      add({ type: 'response.output_item.done', output_index: output.push(done) - 1, item: done });
    }
  }
  for (const { id, name, fragments } of reply.calls ?? []) {
    const item: ResponseFunctionToolCall = {
      ...{ type: 'function_call', id: `fc_${id}`, call_id: id, name, arguments: '', status: 'in_progress' },
    };
    const at = { item_id: `fc_${id}`, output_index: output.length };
    add({ type: 'response.output_item.added', output_index: at.output_index, item });
    for (const delta of fragments) add({ type: 'response.function_call_arguments.delta', ...at, delta });
    const whole: ResponseFunctionToolCall = { ...item, arguments: fragments.join(''), status: 'completed' };
    add({ type: 'response.function_call_arguments.done', ...at, arguments: whole.arguments });
    add({ type: 'response.output_item.done', output_index: output.push(whole) - 1, item: whole });
  }
  if (reply.finish === 'length')
    add({ type: 'response.incomplete', response: responseOf(reply, output, 'incomplete') });
  else if (reply.finish !== 'none')
    add({ type: 'response.completed', response: responseOf(reply, output, 'completed') });
  return { events, head };
}
