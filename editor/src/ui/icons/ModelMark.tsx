import type { CSSProperties, ReactElement } from 'react';

interface Maker {
  readonly name: string;
  /** The hue of its mark. */
  readonly hue: number;
}

/** Who makes a model, by how its name starts. */
const makers: readonly (readonly [start: RegExp, maker: Maker])[] = [
  [/^(gpt|chatgpt|o\d|text-embedding|dall-e|whisper)/, { name: 'OpenAI', hue: 165 }],
  [/^claude/, { name: 'Anthropic', hue: 45 }],
  [/^(gemini|gemma|embeddinggemma)/, { name: 'Google', hue: 255 }],
  [/^(meta-)?llama/, { name: 'Meta', hue: 240 }],
  [/^(mi[sx]tral|ministral|codestral|magistral)/, { name: 'Mistral', hue: 60 }],
  [/^(qwen|qwq)/, { name: 'Qwen', hue: 290 }],
  [/^deepseek/, { name: 'DeepSeek', hue: 265 }],
  [/^smol/, { name: 'Hugging Face', hue: 90 }],
  [/^phi/, { name: 'Microsoft', hue: 225 }],
  [/^(command|rerank|embed-|c4ai)/, { name: 'Cohere', hue: 330 }],
  [/^grok/, { name: 'xAI', hue: 20 }],
  [/^bge/, { name: 'BAAI', hue: 190 }],
  [/^granite/, { name: 'IBM', hue: 250 }],
];

/** The maker of a model, else its connection or the model's own name. A model of a connection is named `connection/model`. */
export function makerOf(model: string): Maker {
  const [connection = '', ...rest] = model.split('/');
  const name = rest.at(-1) ?? connection;
  const known = makers.find(([start]) => start.test(name.toLowerCase()))?.[1];
  return known ?? { name: connection === '' ? 'Model' : connection, hue: 85 };
}

/** A letter for the maker of a model, in a colour of its own. */
export function ModelMark({ model }: { readonly model: string }): ReactElement {
  const { name, hue } = makerOf(model);
  const [letter = ''] = name;
  return (
    // The colour depends on the maker.
    <span className="model-mark" style={{ '--hue': hue } as CSSProperties} data-tip={name} aria-hidden>
      {letter.toUpperCase()}
    </span>
  );
}
