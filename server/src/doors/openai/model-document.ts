import type { WorkflowDocument } from '@heddle/core';
import type { ChatRequest } from './chat-request.js';

/** One call of a model as a workflow of one node, so that limits, budgets, labels and the record of calls hold for it as for any run. */
export function chatDocument(request: ChatRequest): WorkflowDocument {
  const { model, temperature, top_p: topP, seed, stop, response_format: format } = request;
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  const effort = request.reasoning_effort;
  const config = {
    model,
    ...(maxTokens == null ? {} : { maxTokens }),
    ...(temperature == null ? {} : { temperature }),
    ...(topP == null ? {} : { topP }),
    ...(seed == null ? {} : { seed }),
    ...(stop == null || stop.length === 0 ? {} : { stop: typeof stop === 'string' ? [stop] : stop }),
    ...(effort == null ? {} : { reasoning: effort === 'minimal' ? 'low' : effort }),
    ...(format?.type === 'json_schema' ? { schema: format.json_schema.schema } : {}),
    ...(format?.type === 'json_object' ? { schema: { type: 'object' } } : {}),
  };
  return {
    heddle: 1,
    name: `Model ${model}`,
    nodes: {
      asked: { type: 'input', version: 1, config: { fields: [{ name: 'messages', type: 'Messages' }] } },
      chat: { type: 'chat', version: 1, config },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    },
    edges: [
      { from: 'asked.messages', to: 'chat.messages' },
      { from: 'chat.text', to: 'reply.text' },
    ],
  };
}

/** Texts to vectors, as a workflow of one node. */
export function embedDocument(model: string): WorkflowDocument {
  return {
    heddle: 1,
    name: `Model ${model}`,
    nodes: {
      asked: { type: 'input', version: 1, config: { fields: [{ name: 'texts', type: 'Text[]' }] } },
      embed: { type: 'embed', version: 1, config: { model, tooLong: 'refuse' } },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'vectors', type: 'Json' }] } },
    },
    edges: [
      { from: 'asked.texts', to: 'embed.texts' },
      { from: 'embed.vectors', to: 'reply.vectors' },
    ],
  };
}
