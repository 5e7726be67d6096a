/** A company that makes or serves models. */
export interface Maker {
  readonly name: string;
  /** The name of its logo in `maker-logos.css`; undefined if it is unknown. */
  readonly logo?: string;
}

/**
 * Makers and providers, recognised by the beginning of a model's name or of the id of a preset or connection. Each has a rule in
 * `maker-logos.css`.
 */
const known: readonly (readonly [start: RegExp, name: string])[] = [
  [/^(gpt|chatgpt|o\d|text-embedding|dall-e|whisper|openai(?!-compatible))/, 'OpenAI'],
  [/^azure/, 'Azure'],
  [/^(claude|anthropic)/, 'Anthropic'],
  [/^(gemini|gemma|embeddinggemma|google)/, 'Google'],
  [/^(meta-)?llama(?!-?cpp)/, 'Meta'],
  [/^(mi[sx]tral|ministral|codestral|magistral)/, 'Mistral'],
  [/^(qwen|qwq)/, 'Qwen'],
  [/^deepseek/, 'DeepSeek'],
  [/^smol/, 'Hugging Face'],
  [/^(phi|multilingual-e5)/, 'Microsoft'],
  [/^(command|rerank|embed-|c4ai)/, 'Cohere'],
  [/^grok/, 'xAI'],
  [/^bge/, 'BAAI'],
  [/^granite/, 'IBM'],
  [/^(nemotron|tensorrt)/, 'NVIDIA'],
  [/^vllm/, 'vLLM'],
  [/^ollama/, 'Ollama'],
  [/^lm-?studio/, 'LM Studio'],
  [/^openrouter/, 'OpenRouter'],
  [/^groq/, 'Groq'],
  [/^together/, 'Together'],
];

/**
 * The maker of a model. If it is unknown, the provider of the connection, and else the name of the connection or model. A connection's
 * model is named `connection/model`.
 *
 * @example makerOf('openai/gpt-5-mini').name // 'OpenAI'
 */
export function makerOf(model: string): Maker {
  const [connection = '', ...rest] = model.split('/');
  return providerOf(rest.at(-1), connection) ?? { name: connection === '' ? 'Model' : connection };
}

/** The first known provider among ids such as those of a preset and a connection; undefined if none is known. */
export function providerOf(...ids: readonly (string | undefined)[]): Maker | undefined {
  for (const id of ids) {
    const name = known.find(([start]) => start.test(id?.toLowerCase() ?? ''))?.[1];
    if (name !== undefined) return { name, logo: name.toLowerCase().replace(' ', '') };
  }
  return undefined;
}
