import { describe, expect, it } from '@jest/globals';
import type { LlamaContextSequence, LlamaGrammarEvaluationState, LlamaModel, Token } from 'node-llama-cpp';
import { generateText } from './generate-text.js';
import type { GenerateCall, LlamaEvent } from './protocol.js';
import { toolStyleOf } from './tool-style.js';

// A model whose tokens are letters, with control tokens from the private use area and given answers: one for each grammar.
const control = '\uE000';
const model = {
  tokenize: (text: string) => Array.from(text.replaceAll('[TOOL_CALLS]', control), (letter) => letter.codePointAt(0)),
  detokenize: (tokens: readonly number[], special: boolean) =>
    String.fromCodePoint(...tokens).replaceAll(control, special ? '[TOOL_CALLS]' : ''),
  isSpecialToken: (token: number) => String.fromCodePoint(token) === control,
} as unknown as LlamaModel;

const calling = {} as unknown as LlamaGrammarEvaluationState; // Only its identity counts.

/** Records what was read, like a sequence of a context; `texts` are what the model writes without and with the grammar of calls. */
function createSequence(texts: { readonly free: string; readonly calls: string }, contextSize = 1_000) {
  let held: number[] = [];
  const read: string[] = [];
  const sequence = {
    contextSize,
    get nextTokenIndex() {
      return held.length;
    },
    compareContextTokens: () => ({ firstDifferentIndex: 0 }),
    clearHistory: async () => void (held = []),
    eraseContextTokenRanges: async ([{ start, end }]: [{ start: number; end: number }]) =>
      void held.splice(start, end - start),
    evaluateWithoutGeneratingNewTokens: async (tokens: number[]) => void held.push(...tokens),
    async *evaluate(tokens: number[], { grammarEvaluationState }: { grammarEvaluationState?: unknown }) {
      held.push(...tokens);
      read.push(model.detokenize(held as Token[], true));
      for (const token of model.tokenize(grammarEvaluationState === calling ? texts.calls : texts.free)) {
        yield token;
        held.push(token);
      }
    },
  };
  return { sequence: sequence as unknown as LlamaContextSequence, read };
}

const styles = {
  tagged: toolStyleOf('tools <tool_call> arguments'),
  bare: toolStyleOf('tools ipython "parameters": tool_calls'),
  listed: toolStyleOf('tools [AVAILABLE_TOOLS] [TOOL_CALLS]'),
};
const weather = { name: 'weather', description: '', parameters: { type: 'object' } };
const tools = { list: [weather], isRequired: false, isParallel: true };

async function generate(
  style: keyof typeof styles,
  texts: { readonly free: string; readonly calls: string },
  call: Partial<GenerateCall> = {},
  contextSize?: number,
) {
  const events: LlamaEvent[] = [];
  const { sequence, read } = createSequence(texts, contextSize);
  const end = await generateText({
    model,
    sequence,
    prompt: { tokens: model.tokenize('Rome?'), startsThinking: false },
    call: { id: 'm', messages: [], stop: [], adapters: [], tools, ...call },
    grammar: undefined,
    toolStyle: styles[style],
    toolGrammar: async () => calling,
    chunkTokens: 2,
    signal: new AbortController().signal,
    emit: (event) => void events.push(event),
    startedAt: performance.now(),
  });
  const textOf = (type: 'text' | 'reasoning'): string =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  const calls = events.flatMap((event) => (event.type === 'tool-call' ? [[event.name, event.arguments]] : []));
  return { end, read, calls, text: textOf('text'), reasoning: textOf('reasoning') };
}

const rome = '{"name": "weather", "arguments": {"city": "Rome"}}';
const asked = [['weather', '{"city":"Rome"}']];

describe('a model that may call tools', () => {
  it('writes text until a call begins, and follows the grammar from there', async () => {
    const free = '<think>\nHm, <tool_call>?\n</think>\n\nLet me see.\n<tool_call>nonsense';
    const { end, read, calls, text, reasoning } = await generate('tagged', { free, calls: `\n${rome}\n</tool_call>` });
    expect([text, reasoning, calls]).toEqual(['Let me see.\n', '\nHm, <tool_call>?\n', asked]);
    expect(end.finishReason).toBe('tool-calls');
    // Before its call, the model has read what it wrote itself.
    expect(read[1]).toBe('Rome?<think>\nHm, <tool_call>?\n</think>\n\nLet me see.\n<tool_call>');
    expect(end.outputTokens).toBe(free.length - 'nonsense'.length + rome.length + '\n\n</tool_call>'.length);
  });

  it('recognises a control token that begins a call', async () => {
    const { calls, text, read } = await generate('listed', { free: `${control}x`, calls: `[${rome}]` });
    expect([text, calls, read[1]]).toEqual(['', asked, 'Rome?[TOOL_CALLS]']);
  });

  it('reads an answer that is only the call, but no JSON later in a text', async () => {
    const call = '{"name": "weather", "parameters": {"city": "Rome"}}';
    const { calls, text } = await generate('bare', { free: `\n${call}`, calls: call });
    expect([text.trim(), calls]).toEqual(['', asked]);
    const other = await generate('bare', { free: `I would say ${call}`, calls: call });
    expect([other.text, other.calls]).toEqual([`I would say ${call}`, []]);
    const json = await generate('bare', { free: '{"nature": 1}', calls: call });
    expect([json.text, json.end.finishReason]).toEqual(['{"nature": 1}', 'stop']);
  });

  it('answers in text when it need not call, and calls at once when it must', async () => {
    const reply = await generate('tagged', { free: 'It is sunny. <tool', calls: '' });
    expect([reply.text, reply.calls, reply.end.finishReason]).toEqual(['It is sunny. <tool', [], 'stop']);
    const texts = { free: 'x', calls: `\n${rome}\n</tool_call>` };
    const must = await generate('tagged', texts, { tools: { ...tools, isRequired: true } });
    expect([must.text, must.calls, must.read]).toEqual(['', asked, ['Rome?<tool_call>']]);
  });

  it('stops at a stop string before a call, and without tools reads no text as a call', async () => {
    const texts = { free: 'Well. STOP <tool_call>', calls: `\n${rome}\n</tool_call>` };
    expect(await generate('tagged', texts, { stop: ['STOP'] })).toMatchObject({ text: 'Well. ', calls: [] });
    const without = await generate('tagged', { ...texts, free: 'a <tool_call> b' }, { tools: undefined });
    expect([without.text, without.calls]).toEqual(['a <tool_call> b', []]);
  });

  it('returns no partial call at the limit, but the complete ones before it', async () => {
    const texts = { free: '<tool_call>', calls: `\n${rome}\n</tool_call>` };
    const cut = await generate('tagged', texts, { maxTokens: 30 });
    expect([cut.calls, cut.end.finishReason, cut.end.outputTokens]).toEqual([[], 'length', 30]);
    const two = `\n${rome}\n</tool_call>\n<tool_call>\n${rome.replace('Rome', 'Oslo')}\n</tool_call>`;
    const one = await generate('tagged', { free: '<tool_call>', calls: two }, { maxTokens: 100 });
    expect([one.calls, one.end.finishReason]).toEqual([asked, 'tool-calls']);
    const full = await generate('tagged', texts, {}, 'Rome?<tool_call>'.length);
    expect([full.calls, full.end.finishReason]).toEqual([[], 'length']);
  });

  it('ends a model that repeats the same call', async () => {
    const again = `\n<tool_call>\n${rome}\n</tool_call>`;
    const texts = { free: '<tool_call>', calls: `\n${rome}\n</tool_call>${again.repeat(5)}` };
    const { calls, end } = await generate('tagged', texts);
    expect([calls, end.finishReason]).toEqual([asked, 'tool-calls']);
    expect(end.outputTokens).toBe('<tool_call>'.length + `\n${rome}\n</tool_call>${again}`.length);
  });
});
