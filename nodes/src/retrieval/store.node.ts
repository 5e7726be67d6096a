import { defineNode, HeddleError, Json, NumberPort, Text, type DocumentInput, type NodeContext } from '@heddle/core';
import { z } from 'zod';
import { documentOfText, documentsFrom, parsedOf, type LoadedDocument } from '../documents/loaded-document.js';
import { listOf } from '../fields/list-of.js';

export const store = defineNode({
  type: 'store',
  version: 1,
  category: 'retrieval',
  title: 'Store',
  summary: 'Stores documents in a collection for search.',
  icon: 'database',
  keywords: listOf(`
      index, ingest, ingestion, save, upsert, insert, add documents, vector store, vector database, vector db,
      persist, knowledge base, pinecone, chroma, qdrant, weaviate, milvus
    `),
  role: 'step',
  stores: true,
  effects: ['vectors', 'model'],
  headline: 'collection',
  help: `
The collection splits the documents and embeds them with its own model. A document with the same id is replaced as a whole; an unchanged document is skipped.

**Remove the others** makes the collection contain exactly the documents of this input: use it with a load node that reads the whole folder.

Documents that cannot be stored appear in the log and in the report, and all others are stored. If no document can be stored, the node fails. Stored documents keep their labels.

For a single **text**, **Document id** is the id of its document.
`.trim(),
  config: z.object({
    collection: z.string().max(128).default('').meta({ title: 'Collection', widget: 'collection' }),
    documentId: z
      .string()
      .min(1)
      .max(500)
      .default('text')
      .meta({ title: 'Document id', description: 'For a single text.' }),
    sync: z
      .boolean()
      .default(false)
      .meta({ title: 'Remove the others', description: 'Removes all other documents of the collection.' }),
  }),
  inputs: { documents: Json.optional().with({ title: 'Documents' }), text: Text.optional().with({ title: 'Text' }) },
  outputs: { stored: NumberPort, report: Json },
  example: {
    config: { collection: 'handbook' },
    inputs: { documents: [{ id: 'leave.md', text: 'Everyone has 27 days of leave.' }] },
  },
  references: ({ collection }) =>
    collection === '' ? [] : [{ kind: 'collection', id: collection, field: 'collection' }],
  check: ({ collection }) =>
    collection === ''
      ? [
          {
            field: 'collection',
            message: 'No collection is chosen.',
            fix: 'Choose a collection, or create one: with New collection at this field, or with npx heddle ingest NAME FOLDER.',
          },
        ]
      : [],
  async run({ config, inputs, context }) {
    const given = [
      ...(inputs.documents === undefined ? [] : documentsFrom(inputs.documents)),
      ...(inputs.text === undefined ? [] : [documentOfText(inputs.text, config.documentId)]),
    ];
    // With `sync`, an empty list would empty the collection, which is never intended.
    if (given.length === 0)
      throw new HeddleError(
        'input_missing',
        `There are no documents to store in '${config.collection}': connect documents or a text.`,
      );
    const report = await context.step('store', async ({ signal }) => {
      const collection = await context.use('collection', config.collection);
      return collection.ingest(
        given.map((document) => toInput(document, context)),
        {
          sync: config.sync,
          signal,
          onProgress: ({ done, documents, current }) =>
            context.progress({
              share: documents === 0 ? 1 : done / documents,
              message: current,
            }),
        },
      );
    });
    for (const { document, code, message } of report.failures)
      context.log.warn(`'${document}' was not stored: ${message}`, { code });
    const stored = given.length - report.failures.length;
    if (stored <= 0)
      throw new HeddleError(
        'ingest_failed',
        `No document could be stored in '${config.collection}': ${report.failures[0]?.message ?? 'there are none'}`,
        { details: { failures: report.failures.slice(0, 20) } },
      );
    return { stored, report: { ...report } };
  },
});

function toInput(document: LoadedDocument, context: NodeContext): DocumentInput {
  const { id, text, title, source, format, metadata } = document;
  return {
    id,
    content: text,
    // The document is already parsed, so its pages and headings stay, and text that looks like HTML stays text.
    parsed: parsedOf(document),
    mediaType: format === 'markdown' ? 'text/markdown' : 'text/plain',
    label: context.label,
    title,
    source,
    metadata,
  };
}
