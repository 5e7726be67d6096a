import { toHeddleError, type FinishReason, type Message, type SampleModel, type ToolServer } from '@heddle/core';
import { SamplingRefusal, type ModelQuestion, type Sampler } from './sampling-queue.js';

/**
 * Creates the sampler that answers the server during one call, within the limits of its settings; undefined where the server may not ask
 * for a model.
 */
export function samplerOf(
  { sampling, label }: Pick<ToolServer, 'sampling' | 'label'>,
  sample: SampleModel | undefined,
  callSignal: AbortSignal,
): Sampler | undefined {
  if (sampling === undefined || sample === undefined) return undefined;
  const { model, maxTokens, maxCalls } = sampling;
  let asked = 0;
  return async (params, signal) => {
    asked += 1;
    if (asked > maxCalls) throw new SamplingRefusal('this call has asked for a model too often');
    const messages = messagesOf(params);
    try {
      const { text, finishReason } = await sample({
        model,
        level: label,
        request: {
          messages,
          maxTokens: Math.max(1, Math.min(maxTokens, Math.floor(params.maxTokens))),
          temperature: params.temperature,
          stop: params.stopSequences,
        },
        signal: AbortSignal.any([callSignal, signal]),
      });
      return { model, role: 'assistant', content: { type: 'text', text }, stopReason: stopReasonOf(finishReason) };
    } catch (cause) {
      throw new SamplingRefusal(toHeddleError(cause).code);
    }
  };
}

/** Throws a refusal for content that is not text. */
function messagesOf({ messages, systemPrompt, tools }: ModelQuestion): readonly Message[] {
  if (tools !== undefined) throw new SamplingRefusal('tools of a server are not passed to a model');
  const said = messages.map(({ role, content }): Message => {
    const blocks = Array.isArray(content) ? content : [content];
    const texts = blocks.map((block) => {
      if (block.type !== 'text') throw new SamplingRefusal(`only text is supported, not the type ${block.type}`);
      return block.text;
    });
    return { role, content: texts.join('\n') };
  });
  if (said.length === 0) throw new SamplingRefusal('it has no messages');
  return systemPrompt === undefined ? said : [{ role: 'system', content: systemPrompt }, ...said];
}

function stopReasonOf(reason: FinishReason): string {
  if (reason === 'stop') return 'endTurn';
  return reason === 'length' ? 'maxTokens' : reason;
}
