import type { PlannedReply, WireFormat } from './wire-formats.js';

/** What the model says. */
export const greeting = 'Grüße, 世界! 🌍 Hello.';
const greetingPieces = ['Grü', 'ße, 世', '界! 🌍', ' Hello.'];
const numbers =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );
const contextTokens = 512;

/** The reply that calls two tools, their arguments in pieces. */
export const toolReply: PlannedReply = {
  text: [],
  calls: [
    { id: 'call_a', name: 'weather', fragments: ['{"ci', 'ty":"Zür', 'ich","da', 'ys":2}'] },
    { id: 'call_b', name: 'time', fragments: ['{"zone":', '"Europe/Zurich"}'] },
  ],
  finish: 'tools',
  inputTokens: 20,
  outputTokens: 12,
};

/** What the double's model answers to a body: a greeting, a count, a JSON value; an error text where the prompt is too long. */
export function replyTo(format: WireFormat, body: any): PlannedReply | string {
  const prompt = promptOf(format, body);
  const inputTokens = prompt.split(/\s+/).filter((word) => word !== '').length + 4;
  if (inputTokens > contextTokens) return tooLong(format, inputTokens);
  const settings = format === 'google' ? (body.generationConfig ?? {}) : body;
  const most: number =
    settings.max_tokens ??
    settings.max_completion_tokens ??
    settings.max_output_tokens ?? settings.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const stops: string[] = [settings.stop ?? settings.stop_sequences ?? settings.stopSequences ?? []].flat();
  const wantsJson =
    settings.response_format !== undefined ||
    settings.output_config?.format !== undefined ||
    settings.text?.format !== undefined ||
    settings.responseJsonSchema;
  const isCounting = /count/i.test(prompt);
  if (wantsJson || (!isCounting && /JSON/.test(prompt)))
    return { text: ['{"city":"Oslo",', '"count":3}'], finish: 'stop', inputTokens, outputTokens: 9 };
  const pieces = isCounting ? numbers.map((word, index) => (index === 0 ? word : ` ${word}`)) : greetingPieces;
  const written = pieces.slice(0, Math.min(pieces.length, most));
  const whole = written.join('');
  const stopAt = Math.min(...stops.map((stop) => whole.indexOf(stop)).filter((index) => index >= 0));
  const text = Number.isFinite(stopAt) ? [whole.slice(0, stopAt)] : written;
  const finish = Number.isFinite(stopAt) || most >= pieces.length ? 'stop' : 'length';
  return { text, finish, inputTokens, outputTokens: written.length };
}

/** How a provider says that a prompt is too long. */
export function tooLong(format: WireFormat, tokens: number): string {
  if (format === 'anthropic') return `prompt is too long: ${tokens} tokens > ${contextTokens} maximum`;
  if (format === 'google')
    return `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${contextTokens}).`;
  return `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${tokens} tokens.`;
}

function promptOf(format: WireFormat, body: any): string {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value)) if (['content', 'text', 'parts'].includes(name)) walk(part);
  };
  walk(format === 'google' ? body.contents : (body.messages ?? body.input));
  return texts.join(' ');
}

/** Vectors that count words. */
export function embeddingsOf(format: WireFormat, body: any): object | string {
  const vector = (text: string): number[] => {
    const counts = Array.from({ length: 32 }, () => 0.001);
    for (const word of text.toLowerCase().match(/\w+/g) ?? [])
      counts[[...word].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 32, 7)]! += 3;
    return counts;
  };
  const wordsOf = (text: string): number => (text.match(/\w+/g) ?? []).length;
  const texts: readonly string[] =
    format === 'google' ? body.requests.map((request: any) => request.content.parts[0].text) : body.input;
  const longest = Math.max(0, ...texts.map(wordsOf));
  if (longest > 2048) return tooLong(format, longest);
  if (format === 'google')
    return {
      embeddings: (body.requests as { content: { parts: { text: string }[] } }[]).map(({ content }) => ({
        values: vector(content.parts[0]!.text),
      })),
    };
  const data = (body.input as string[]).map((text, index) => ({ object: 'embedding', index, embedding: vector(text) }));
  const used = texts.reduce((sum, text) => sum + wordsOf(text), 0);
  // In another order than asked, as the index allows.
  return { object: 'list', model: 'double', data: data.reverse(), usage: { prompt_tokens: used, total_tokens: used } };
}

/** A verdict on each text: who writes 'kill' is violent. */
export function moderationOf(body: any): unknown {
  const results = (body.input as string[]).map((text) => ({
    flagged: /kill/.test(text),
    categories: { violence: /kill/.test(text) },
    category_scores: { violence: /kill/.test(text) ? 0.98 : 0.01, hate: 0.001 },
  }));
  return { id: 'modr-1', model: 'omni-moderation-latest', results };
}
