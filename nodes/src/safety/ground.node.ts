import {
  defineNode,
  Json,
  NumberPort,
  Passages,
  Text,
  type Embedder,
  type NodeContext,
  type Passage,
} from '@heddle/core';
import { z } from 'zod';
import { sentencesOf } from '../citations/sentences.js';
import { contentWords } from '../citations/words.js';
import { listOf } from '../fields/list-of.js';

/** Maximum number of compared sentences of the answer and of the passages. */
const mostSentences = 200;
const mostEvidence = 1000;

export const ground = defineNode({
  type: 'ground',
  version: 1,
  category: 'safety',
  title: 'Ground',
  summary: 'Checks whether each sentence of an answer is supported by the passages.',
  icon: 'anchor',
  keywords: listOf(`
      grounding, groundedness, hallucination, hallucinations, fact check, fact checking, factuality, faithfulness,
      verify, verification, evidence, citation check, supported, check answer
    `),
  role: 'step',
  effects: ['model'],
  help: `
The node compares each sentence with the sentences of the passages: by the share of its words in the best sentence and, with an embedding model, by meaning. A number that is in no passage makes a sentence unsupported.

The answer leaves at **supported** if the share of supported sentences reaches *Enough*, otherwise at **unsupported**: connect that to a person, a retry or another model. **report** lists each sentence with its score and the best passage.

The node compares words and meaning but does not reason: a sentence that negates its passage may count as supported.
`.trim(),
  config: z.object({
    embedding: z.string().max(256).default('').meta({
      title: 'Embedding model',
      description: 'Also compares the meaning. Empty: words only.',
      widget: 'model',
      modelKind: 'embed',
    }),
    sentence: z.number().min(0).max(1).default(0.5).meta({ title: 'Min sentence score' }),
    enough: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .meta({ title: 'Enough', description: 'Minimum share of supported sentences.' }),
  }),
  inputs: { text: Text.with({ title: 'Answer' }), passages: Passages.with({ title: 'Passages' }) },
  outputs: { supported: Text, unsupported: Text, score: NumberPort, report: Json },
  example: {
    config: {},
    inputs: {
      text: 'Everyone has 27 days of leave.',
      passages: [{ id: 'a', document: 'leave.md', text: 'Everyone has 27 days of leave a year.' }],
    },
  },
  references: ({ embedding }) => (embedding === '' ? [] : [{ kind: 'embedder', id: embedding, field: 'embedding' }]),
  async run({ config, inputs, context }) {
    const sentences = cut(inputs.text).slice(0, mostSentences);
    const evidence = inputs.passages
      .flatMap((passage) => [...cut(passage.text), passage.text].map((text) => evidenceOf(text, passage)))
      .slice(0, mostEvidence);
    const near = await nearness(sentences, evidence, config.embedding, context);
    const numbers = new Set(evidence.flatMap(({ words }) => [...words].filter((word) => /^\p{N}/u.test(word))));
    const found = sentences.map((sentence, at) => {
      const words = contentWords(sentence);
      const isForeign = words.some(({ isNumber, form }) => isNumber && !numbers.has(form));
      let best = { score: 0, passage: '' };
      evidence.forEach((one, index) => {
        const overlap = words.length === 0 ? 1 : words.filter(({ form }) => one.words.has(form)).length / words.length;
        const score = near === undefined ? overlap : (overlap + Math.max(0, near(at, index))) / 2;
        if (score > best.score) best = { score, passage: one.passage };
      });
      return { sentence, ...best, isSupported: !isForeign && best.score >= config.sentence };
    });
    const supported = found.filter(({ isSupported }) => isSupported).length;
    const score = found.length === 0 ? 1 : supported / found.length;
    const summary = `${supported} of ${found.length} sentences are supported.`;
    context.decide({ kind: 'ground', summary, details: { score, supported, sentences: found.length } });
    return { [score >= config.enough ? 'supported' : 'unsupported']: inputs.text, score, report: found };
  },
});

const cut = (text: string): readonly string[] => sentencesOf(text).map(({ start, end }) => text.slice(start, end));

interface Evidence {
  readonly text: string;
  readonly passage: string;
  readonly words: ReadonlySet<string>;
}

function evidenceOf(text: string, { id }: Passage): Evidence {
  return { text, passage: id, words: new Set(contentWords(text).map(({ form }) => form)) };
}

/** Cosine similarity of a sentence and a source; undefined without an embedding model. */
async function nearness(
  sentences: readonly string[],
  evidence: readonly Evidence[],
  id: string,
  context: NodeContext,
): Promise<((sentence: number, evidence: number) => number) | undefined> {
  if (id === '' || sentences.length === 0 || evidence.length === 0) return undefined;
  const embedder: Embedder = await context.use('embedder', id);
  const options = { kind: 'passage', signal: context.signal } as const;
  const said = await embedder.embed(sentences, options);
  const read = await embedder.embed(
    evidence.map(({ text }) => text),
    options,
  );
  return (a, b) => dot(said[a], read[b]);
}

function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  let sum = 0;
  for (let at = 0; at < (a?.length ?? 0); at += 1) sum += (a?.[at] ?? 0) * (b?.[at] ?? 0);
  return sum;
}
