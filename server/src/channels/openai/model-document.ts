import { HeddleError, type WorkflowDocument } from '@heddle/core';
import { z } from 'zod';
import { ChatTool, type ChatRequest } from './chat-request.js';

/** The output with the function calls of the model. */
export const callsOutput = 'calls';
/** The output with the reasoning of the model. */
export const reasoningOutput = 'reasoning';
/** The output with the usage of the model, including its finish reason. */
export const usageOutput = 'usage';

/** The functions that a model may call. Errors: `bad_request`. */
function functionsOf({ tools, tool_choice: choice, parallel_tool_calls: isParallel }: ChatRequest): object {
  if (tools == null || tools.length === 0 || choice === 'none') return {};
  const parsed = z.array(ChatTool).max(64).safeParse(tools);
  if (!parsed.success) {
    const [{ path, message } = { path: [], message: '' }] = parsed.error.issues;
    throw new HeddleError('bad_request', `tools.${path.join('.')}: ${message}`, { details: { input: 'tools' } });
  }
  const wanted = typeof choice === 'object' ? choice?.function.name : undefined;
  const list = parsed.data.filter(({ function: { name } }) => wanted === undefined || name === wanted);
  if (list.length === 0)
    throw new HeddleError('bad_request', `tool_choice names '${wanted}', which is not among the tools.`, {
      details: { input: 'tool_choice' },
    });
  return {
    tools: list.map(({ function: { name, description, parameters } }) => ({
      name,
      description: description ?? undefined,
      parameters: parameters ?? undefined,
    })),
    ...(wanted !== undefined || choice === 'required' ? { toolChoice: 'required' } : {}),
    parallelToolCalls: isParallel ?? undefined,
  };
}

/**
 * One model call as a workflow with one node, so that limits, budgets, labels and records apply as for any run. With `givesReasoning`, the
 * reasoning of the model is an output too.
 */
export function chatDocument(request: ChatRequest, givesReasoning = false): WorkflowDocument {
  const { model, temperature, top_p: topP, seed, stop, response_format: format } = request;
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  const effort = request.reasoning_effort;
  const functions = functionsOf(request);
  const config = {
    model,
    maxTokens: maxTokens ?? 1024,
    temperature: temperature ?? 0.7,
    topP: topP ?? undefined,
    seed: seed ?? undefined,
    ...(stop == null || stop.length === 0 ? {} : { stop: typeof stop === 'string' ? [stop] : stop }),
    reasoning: effort == null ? undefined : effort === 'minimal' ? 'low' : effort,
    ...(format?.type === 'json_schema' ? { schema: format.json_schema.schema } : {}),
    ...(format?.type === 'json_object' ? { schema: { type: 'object' } } : {}),
    // The finish reason tells the caller that the answer is incomplete.
    atLength: 'give',
    ...functions,
    ...(givesReasoning ? { givesReasoning } : {}),
  };
  const hasCalls = 'tools' in functions;
  return {
    heddle: 2,
    name: `Model ${model}`,
    nodes: {
      asked: { type: 'input', version: 1, config: { fields: [{ name: 'messages', type: 'Messages' }] } },
      chat: { type: 'generate', version: 1, config },
      reply: {
        type: 'output',
        version: 1,
        config: {
          fields: [
            { name: 'text', type: 'Text' },
            { name: usageOutput, type: 'Json' },
            ...(hasCalls ? [{ name: callsOutput, type: 'Json' }] : []),
            ...(givesReasoning ? [{ name: reasoningOutput, type: 'Text' }] : []),
          ],
        },
      },
    },
    edges: [
      { from: 'asked.messages', to: 'chat.messages' },
      { from: 'chat.text', to: 'reply.text' },
      { from: 'chat.usage', to: `reply.${usageOutput}` },
      ...(hasCalls ? [{ from: 'chat.calls', to: `reply.${callsOutput}` }] : []),
      ...(givesReasoning ? [{ from: 'chat.reasoning', to: `reply.${reasoningOutput}` }] : []),
    ],
  };
}

/** Embeds texts, as a workflow with one node. */
export function embedDocument(model: string): WorkflowDocument {
  return {
    heddle: 2,
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

/** The output with the findings of a moderation. */
const verdictOutput = 'verdict';

/** Moderates a text with a classifier or a guard model, as a workflow with one node. Returns the scores of all categories. */
export function moderateDocument(model: string, kind: 'classifier' | 'guard'): WorkflowDocument {
  // The caller reads the scores, so no category of the classifier may stop the text.
  const categories = kind === 'classifier' ? [{ category: 'none', action: 'flag' }] : [];
  return {
    heddle: 2,
    name: `Model ${model}`,
    nodes: {
      asked: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
      moderate: { type: 'moderate', version: 1, config: { [kind]: model, categories } },
      reply: { type: 'output', version: 1, config: { fields: [{ name: verdictOutput, type: 'Json' }] } },
    },
    edges: [
      { from: 'asked.text', to: 'moderate.text' },
      { from: 'moderate.verdict', to: `reply.${verdictOutput}` },
    ],
  };
}
