/** Who makes a model, or serves it. */
export interface Maker {
  readonly name: string;
  /** Its logo in `maker-logos.css`; undefined where it is not known. */
  readonly logo?: string;
}

/** Makers and providers, by how the name of a model, the id of a preset or of a connection starts. Each has a rule in `maker-logos.css`. */
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
 * The maker of a model, else the provider of its connection, else its connection or the model's own name. A model of a connection is named
 * `connection/model`.
 *
 * @example makerOf('openai/gpt-5-mini').name // 'OpenAI'
 */
export function makerOf(model: string): Maker {
  const [connection = '', ...rest] = model.split('/');
  return providerOf(rest.at(-1), connection) ?? { name: connection === '' ? 'Model' : connection };
}

/** The provider by the first of these ids that names one, such as a preset and a kind; undefined where none does. */
export function providerOf(...ids: readonly (string | undefined)[]): Maker | undefined {
  for (const id of ids) {
    const name = known.find(([start]) => start.test(id?.toLowerCase() ?? ''))?.[1];
    if (name !== undefined) return { name, logo: name.toLowerCase().replace(' ', '') };
  }
  return undefined;
}
