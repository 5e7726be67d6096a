import { type CardSource } from './starter-pair.js';

const mit = { licence: 'MIT', use: 'Any use, also commercial; keep the licence notice.' } as const;
const apache = { licence: 'Apache-2.0', use: 'Any use, also commercial; keep the licence notice.' } as const;

/** The two files of an ONNX model with its tokenizer, as the hub lays them out. Hashes are recorded at the first download. */
export function onnxFiles(
  repository: string,
  weights = 'onnx/model_quantized.onnx',
  tokenizer = 'tokenizer.json',
): CardSource['files'] {
  return [
    { role: 'weights', name: 'model.onnx', sources: [`hf:${repository}@main/${weights}`] },
    { role: 'tokenizer', name: 'tokenizer.json', sources: [`hf:${repository}@main/${tokenizer}`] },
  ];
}

/** A GGUF embedder with the tokenizer of its original: documents are split by its tokens in the server's own process. */
function ggufFiles(repository: string, file: string, original: string): CardSource['files'] {
  return [
    { role: 'weights', name: file, sources: [`hf:${repository}@main/${file}`] },
    { role: 'tokenizer', name: 'tokenizer.json', sources: [`hf:${original}@main/tokenizer.json`] },
  ];
}

/** Models that turn text into vectors. */
export const embedCards: readonly CardSource[] = [
  {
    ...mit,
    id: 'bge-small-en-v1.5',
    title: 'BGE small English v1.5',
    kind: 'embed',
    runtime: 'onnx',
    format: 'onnx',
    quantisation: 'int8',
    summary: 'A small English retrieval model that reads 512 tokens.',
    publisher: 'BAAI',
    homepage: 'https://huggingface.co/BAAI/bge-small-en-v1.5',
    files: onnxFiles('Xenova/bge-small-en-v1.5'),
    parametersM: 33.4,
    contextTokens: 512,
    languages: ['en'],
    dimensions: 384,
    pooling: 'cls',
    queryPrefix: 'Represent this sentence for searching relevant passages: ',
  },
  {
    ...mit,
    id: 'multilingual-e5-small',
    title: 'Multilingual E5 small',
    kind: 'embed',
    runtime: 'onnx',
    format: 'onnx',
    quantisation: 'int8',
    summary: 'A small retrieval model for about a hundred languages; finds passages across languages.',
    publisher: 'Microsoft',
    homepage: 'https://huggingface.co/intfloat/multilingual-e5-small',
    files: onnxFiles('Xenova/multilingual-e5-small'),
    parametersM: 118,
    contextTokens: 512,
    languages: ['multilingual'],
    dimensions: 384,
    pooling: 'mean',
    queryPrefix: 'query: ',
    passagePrefix: 'passage: ',
  },
  {
    ...mit,
    id: 'bge-m3',
    title: 'BGE M3',
    kind: 'embed',
    runtime: 'onnx',
    format: 'onnx',
    quantisation: 'int8',
    summary: 'A larger multilingual retrieval model that reads long passages. Heddle uses its dense vectors.',
    publisher: 'BAAI',
    homepage: 'https://huggingface.co/BAAI/bge-m3',
    files: onnxFiles('Xenova/bge-m3'),
    parametersM: 568,
    contextTokens: 8192,
    languages: ['multilingual'],
    dimensions: 1024,
    pooling: 'cls',
  },
  {
    ...apache,
    id: 'nomic-embed-text-v1.5',
    title: 'Nomic Embed Text v1.5',
    kind: 'embed',
    runtime: 'llama',
    format: 'gguf',
    quantisation: 'Q8_0',
    summary: 'An English embedding model that runs in the llama.cpp host, on a GPU where there is one.',
    publisher: 'Nomic AI',
    homepage: 'https://huggingface.co/nomic-ai/nomic-embed-text-v1.5',
    files: ggufFiles(
      'nomic-ai/nomic-embed-text-v1.5-GGUF',
      'nomic-embed-text-v1.5.Q8_0.gguf',
      'nomic-ai/nomic-embed-text-v1.5',
    ),
    parametersM: 137,
    contextTokens: 2048,
    languages: ['en'],
    dimensions: 768,
    pooling: 'mean',
    queryPrefix: 'search_query: ',
    passagePrefix: 'search_document: ',
  },
  {
    ...apache,
    id: 'qwen3-embedding-0.6b',
    title: 'Qwen3 Embedding 0.6B',
    kind: 'embed',
    runtime: 'llama',
    format: 'gguf',
    quantisation: 'Q8_0',
    summary: 'A multilingual embedding model with a long context, for the llama.cpp host.',
    publisher: 'Qwen',
    homepage: 'https://huggingface.co/Qwen/Qwen3-Embedding-0.6B',
    files: ggufFiles('Qwen/Qwen3-Embedding-0.6B-GGUF', 'Qwen3-Embedding-0.6B-Q8_0.gguf', 'Qwen/Qwen3-Embedding-0.6B'),
    parametersM: 600,
    contextTokens: 32_768,
    languages: ['multilingual'],
    dimensions: 1024,
    pooling: 'last',
    queryPrefix: 'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:',
  },
];
