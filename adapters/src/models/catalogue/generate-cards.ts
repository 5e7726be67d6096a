import { type CardSource } from './starter-pair.js';

const apache = { licence: 'Apache-2.0', use: 'Any use, also commercial; keep the licence notice.' } as const;

interface GgufOptions {
  readonly repository: string;
  readonly file: string;
}

/** What every GGUF card of the hub shares. The hash is recorded at the first download. */
function gguf({ repository, file }: GgufOptions): Pick<CardSource, 'kind' | 'runtime' | 'format' | 'files'> {
  return {
    kind: 'generate',
    runtime: 'llama',
    format: 'gguf',
    files: [{ role: 'weights', name: file, sources: [`hf:${repository}@main/${file}`] }],
  };
}

/** Models that write text, small to large. */
export const generateCards: readonly CardSource[] = [
  {
    ...gguf({ repository: 'Qwen/Qwen3-0.6B-GGUF', file: 'Qwen3-0.6B-Q8_0.gguf' }),
    ...apache,
    id: 'qwen3-0.6b',
    title: 'Qwen3 0.6B',
    summary: 'Small and quick on a laptop CPU; thinks before it answers.',
    publisher: 'Qwen',
    homepage: 'https://huggingface.co/Qwen/Qwen3-0.6B',
    quantisation: 'Q8_0',
    parametersM: 600,
    contextTokens: 32_768,
    languages: ['multilingual'],
    limits: ['Small: check facts against the passages it was given.'],
  },
  {
    ...gguf({ repository: 'ggml-org/SmolLM3-3B-GGUF', file: 'SmolLM3-Q4_K_M.gguf' }),
    ...apache,
    id: 'smollm3-3b',
    title: 'SmolLM3 3B',
    summary: 'A fully open 3B model with a long context in six European languages.',
    publisher: 'Hugging Face',
    homepage: 'https://huggingface.co/HuggingFaceTB/SmolLM3-3B',
    quantisation: 'Q4_K_M',
    parametersM: 3080,
    contextTokens: 65_536,
    languages: ['en', 'fr', 'es', 'de', 'it', 'pt'],
  },
  {
    ...gguf({
      repository: 'bartowski/microsoft_Phi-4-mini-instruct-GGUF',
      file: 'microsoft_Phi-4-mini-instruct-Q4_K_M.gguf',
    }),
    id: 'phi-4-mini',
    title: 'Phi-4 mini Instruct',
    summary: 'A 3.8B model that is strong at reasoning for its size.',
    publisher: 'Microsoft',
    licence: 'MIT',
    use: 'Any use, also commercial; keep the licence notice.',
    homepage: 'https://huggingface.co/microsoft/Phi-4-mini-instruct',
    quantisation: 'Q4_K_M',
    parametersM: 3840,
    contextTokens: 131_072,
    languages: ['multilingual'],
  },
  {
    ...gguf({ repository: 'Qwen/Qwen3-4B-GGUF', file: 'Qwen3-4B-Q4_K_M.gguf' }),
    ...apache,
    id: 'qwen3-4b',
    title: 'Qwen3 4B',
    summary: 'A good first choice for retrieval answers on a machine with 8 GB of memory.',
    publisher: 'Qwen',
    homepage: 'https://huggingface.co/Qwen/Qwen3-4B',
    quantisation: 'Q4_K_M',
    parametersM: 4000,
    contextTokens: 32_768,
    languages: ['multilingual'],
  },
  {
    ...gguf({ repository: 'ggml-org/gemma-3-4b-it-GGUF', file: 'gemma-3-4b-it-Q4_K_M.gguf' }),
    id: 'gemma-3-4b',
    title: 'Gemma 3 4B',
    summary: 'A 4B model with many languages and a long context. Heddle uses its text side.',
    publisher: 'Google',
    licence: 'Gemma Terms of Use',
    use: 'Commercial use is allowed under terms that bind you and those you pass it on to; a use policy forbids some uses.',
    homepage: 'https://ai.google.dev/gemma/terms',
    quantisation: 'Q4_K_M',
    parametersM: 4300,
    contextTokens: 131_072,
    languages: ['multilingual'],
  },
  {
    ...gguf({ repository: 'Qwen/Qwen3-8B-GGUF', file: 'Qwen3-8B-Q4_K_M.gguf' }),
    ...apache,
    id: 'qwen3-8b',
    title: 'Qwen3 8B',
    summary: 'A balanced model for a machine with 16 GB of memory or a small GPU.',
    publisher: 'Qwen',
    homepage: 'https://huggingface.co/Qwen/Qwen3-8B',
    quantisation: 'Q4_K_M',
    parametersM: 8200,
    contextTokens: 32_768,
    languages: ['multilingual'],
  },
  {
    ...gguf({ repository: 'ibm-granite/granite-3.3-8b-instruct-GGUF', file: 'granite-3.3-8b-instruct-Q4_K_M.gguf' }),
    ...apache,
    id: 'granite-3.3-8b',
    title: 'Granite 3.3 8B Instruct',
    summary: 'An 8B model made for business tasks, with published training sources.',
    publisher: 'IBM',
    homepage: 'https://huggingface.co/ibm-granite/granite-3.3-8b-instruct',
    quantisation: 'Q4_K_M',
    parametersM: 8170,
    contextTokens: 131_072,
    languages: ['en', 'de', 'es', 'fr', 'ja', 'pt', 'ar', 'cs', 'it', 'ko', 'nl', 'zh'],
  },
  {
    ...gguf({
      repository: 'unsloth/Mistral-Small-3.2-24B-Instruct-2506-GGUF',
      file: 'Mistral-Small-3.2-24B-Instruct-2506-Q4_K_M.gguf',
    }),
    ...apache,
    id: 'mistral-small-3.2-24b',
    title: 'Mistral Small 3.2 24B Instruct',
    summary: 'A dense 24B model for a GPU with 24 GB, careful with instructions.',
    publisher: 'Mistral AI',
    homepage: 'https://huggingface.co/mistralai/Mistral-Small-3.2-24B-Instruct-2506',
    quantisation: 'Q4_K_M',
    parametersM: 24_000,
    contextTokens: 131_072,
    languages: ['multilingual'],
  },
  {
    ...gguf({ repository: 'Qwen/Qwen3-30B-A3B-GGUF', file: 'Qwen3-30B-A3B-Q4_K_M.gguf' }),
    ...apache,
    id: 'qwen3-30b-a3b',
    title: 'Qwen3 30B-A3B',
    summary: 'A mixture-of-experts model: 30B parameters, 3B of them active, so it is quick even on a good CPU.',
    publisher: 'Qwen',
    homepage: 'https://huggingface.co/Qwen/Qwen3-30B-A3B',
    quantisation: 'Q4_K_M',
    parametersM: 30_500,
    contextTokens: 32_768,
    languages: ['multilingual'],
    limits: ['Wants about 20 GB of memory.'],
  },
];
