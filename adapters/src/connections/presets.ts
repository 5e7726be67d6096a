import type { ConnectionPreset } from '@heddle/core';
import type { SchemaSupport } from './provider.js';

interface KnownPreset extends ConnectionPreset {
  /** Whether the server makes answers fit a schema. */
  readonly schema: SchemaSupport;
}

const local = { kind: 'openai-compatible', needsKey: false, isLocal: true } as const;
const hosted = { kind: 'openai-compatible', needsKey: true, isLocal: false } as const;

/** Presets for connections: the providers with their own libraries, and popular compatible servers. */
export const connectionPresets: readonly KnownPreset[] = [
  {
    id: 'openai',
    title: 'OpenAI',
    kind: 'openai',
    baseUrl: undefined,
    needsKey: true,
    isLocal: false,
    schema: 'sure',
    hint: 'Make a key at platform.openai.com under API keys.',
  },
  {
    id: 'azure-openai',
    title: 'Azure OpenAI',
    kind: 'azure-openai',
    baseUrl: undefined,
    needsKey: true,
    isLocal: false,
    schema: 'sure',
    hint: 'Take endpoint and key from the resource in the Azure portal; model names are the names of your deployments.',
  },
  {
    id: 'anthropic',
    title: 'Anthropic',
    kind: 'anthropic',
    baseUrl: undefined,
    needsKey: true,
    isLocal: false,
    schema: 'sure',
    hint: 'Make a key in the Anthropic console under API keys.',
  },
  {
    id: 'google',
    title: 'Google Gemini',
    kind: 'google',
    baseUrl: undefined,
    needsKey: true,
    isLocal: false,
    schema: 'sure',
    hint: 'Make a key in Google AI Studio.',
  },
  {
    ...local,
    id: 'vllm',
    title: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    schema: 'likely',
    hint: 'Start it with: vllm serve MODEL. A key is needed only with --api-key.',
  },
  {
    ...local,
    id: 'tensorrt-llm',
    title: 'TensorRT-LLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    schema: 'likely',
    hint: 'Start it with: trtllm-serve MODEL.',
  },
  {
    ...local,
    id: 'text-generation-webui',
    title: 'text-generation-webui',
    baseUrl: 'http://127.0.0.1:5000/v1',
    schema: 'none',
    hint: 'Start it with --api.',
  },
  {
    ...local,
    id: 'ollama',
    title: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    schema: 'likely',
    hint: 'Start it with: ollama serve. Models are those of: ollama list.',
  },
  {
    ...local,
    id: 'lm-studio',
    title: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    schema: 'likely',
    hint: 'Start the server on the Developer page.',
  },
  {
    ...local,
    id: 'llama-cpp',
    title: 'llama.cpp server',
    baseUrl: 'http://127.0.0.1:8080/v1',
    schema: 'likely',
    hint: 'Start it with: llama-server -m MODEL.gguf --jinja. A key is needed only with --api-key.',
  },
  {
    ...local,
    id: 'text-embeddings-inference',
    title: 'Text Embeddings Inference',
    baseUrl: 'http://127.0.0.1:8080/v1',
    schema: 'none',
    hint: 'For embedding models and rerankers. Start it with: text-embeddings-router --model-id MODEL --port 8080.',
  },
  {
    ...local,
    id: 'infinity',
    title: 'Infinity',
    baseUrl: 'http://127.0.0.1:7997',
    schema: 'none',
    hint: 'For embedding models and rerankers. Start it with: infinity_emb v2 --model-id MODEL.',
  },
  {
    ...hosted,
    id: 'cohere',
    title: 'Cohere',
    baseUrl: 'https://api.cohere.ai/compatibility/v1',
    schema: 'likely',
    hint: 'Make a key at dashboard.cohere.com under API keys.',
  },
  {
    ...hosted,
    id: 'jina',
    title: 'Jina AI',
    baseUrl: 'https://api.jina.ai/v1',
    schema: 'none',
    hint: 'For rerankers. Make a key at jina.ai.',
  },
  {
    ...hosted,
    id: 'voyage',
    title: 'Voyage AI',
    baseUrl: 'https://api.voyageai.com/v1',
    schema: 'none',
    hint: 'For rerankers. Make a key at dash.voyageai.com.',
  },
  {
    ...hosted,
    id: 'openrouter',
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    schema: 'likely',
    hint: 'Make a key at openrouter.ai under Keys.',
  },
  {
    ...hosted,
    id: 'mistral',
    title: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    schema: 'likely',
    hint: 'Make a key at console.mistral.ai.',
  },
  {
    ...hosted,
    id: 'groq',
    title: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    schema: 'likely',
    hint: 'Make a key at console.groq.com.',
  },
  {
    ...hosted,
    id: 'together',
    title: 'Together',
    baseUrl: 'https://api.together.xyz/v1',
    schema: 'likely',
    hint: 'Make a key at api.together.ai under Settings.',
  },
  {
    ...hosted,
    id: 'deepseek',
    title: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/v1',
    schema: 'none',
    hint: 'Make a key at platform.deepseek.com.',
  },
];

export function findPreset(id: string | undefined): KnownPreset | undefined {
  return connectionPresets.find((preset) => preset.id === id);
}
