import {
  defineNode,
  HeddleError,
  Json,
  list,
  Passages,
  SplitterOptions,
  Text,
  withoutUndefined,
  type Passage,
} from '@heddle/core';
import { z } from 'zod';
import { documentOfText, documentsFrom, parsedOf } from './loaded-document.js';
import { listOf } from '../fields/list-of.js';

export const split = defineNode({
  type: 'split',
  version: 1,
  category: 'documents',
  title: 'Split',
  summary: 'Splits documents into passages for a model.',
  icon: 'scissors',
  keywords: listOf('chunk, chunks, chunking, chunker, splitter, text splitter, segment, passages, cut, tokenizer'),
  role: 'step',
  effects: ['model'],
  headline: 'kind',
  help: `
Sizes are in tokens of the model that reads the passages, so that none is cut.

- **Markdown** keeps sections together and stores the headings above each passage.
- **Recursive** splits at paragraphs, then lines, then sentences.
- **Sentence** never splits inside a sentence; **fixed** splits at a number of tokens; **row** makes a passage of each row of a table.

The overlap repeats the end of a passage at the start of the next one. Each passage has its document, page or line, headings and offsets.

Collections split documents when they are stored. Use this node for workflows that process passages directly, such as a summary of a long document.
`.trim(),
  config: z.object({
    kind: SplitterOptions.shape.kind.meta({
      title: 'Method',
      labels: { recursive: 'Recursive', markdown: 'Markdown', sentence: 'Sentence', fixed: 'Fixed', row: 'Row' },
    }),
    maxTokens: SplitterOptions.shape.maxTokens.meta({
      title: 'Passage size',
      description: 'Maximum tokens of a passage.',
    }),
    overlapTokens: SplitterOptions.shape.overlapTokens.meta({
      title: 'Overlap',
      description: 'Tokens repeated from the previous passage.',
    }),
    model: z.string().min(1).max(256).default('all-minilm-l6-v2').meta({
      title: 'Tokenizer model',
      description: 'The model whose tokens are counted.',
      widget: 'model',
      modelKind: 'embed',
    }),
  }),
  inputs: { documents: Json.optional().with({ title: 'Documents' }), text: Text.optional().with({ title: 'Text' }) },
  outputs: { passages: Passages, texts: list(Text) },
  example: {
    config: { kind: 'sentence', maxTokens: 64, overlapTokens: 0 },
    inputs: { text: 'One sentence. Another one.' },
  },
  references: ({ model }) => [{ kind: 'model', id: model, field: 'model' }],
  check: ({ maxTokens, overlapTokens }) =>
    overlapTokens < maxTokens
      ? []
      : [
          {
            field: 'overlapTokens',
            message: 'The overlap is not shorter than a passage.',
            fix: 'Set it below the passage size.',
          },
        ],
  async run({ config, inputs, context }) {
    const given = [
      ...(inputs.documents === undefined ? [] : documentsFrom(inputs.documents)),
      ...(inputs.text === undefined ? [] : [documentOfText(inputs.text, 'text')]),
    ];
    if (given.length === 0)
      throw new HeddleError('input_missing', 'There are no documents to split: connect documents or a text.');
    const documents = await context.use('documents');
    const tokenizer = await context.use('tokenizer', config.model);
    const passages: Passage[] = [];
    for (const [index, document] of given.entries()) {
      context.progress({ share: index / given.length, message: document.id });
      const chunks = documents.split(
        parsedOf(document),
        { kind: config.kind, maxTokens: config.maxTokens, overlapTokens: config.overlapTokens },
        tokenizer,
      );
      for (const [number, { text, place: location }] of chunks.entries()) {
        const { title, source, metadata } = document;
        const id = `${document.id}#${number}`;
        passages.push(withoutUndefined({ id, document: document.id, text, place: location, title, source, metadata }));
      }
    }
    return { passages, texts: passages.map(({ text }) => text) };
  },
});
