import { defineNode, Filter, HeddleError, Json, Passages, Text, withoutUndefined } from '@heddle/core';
import { z } from 'zod';
import { filterField, joinFilters } from '../fields/filter-field.js';
import { listOf } from '../fields/list-of.js';
import { answersQuestion } from './answers-question.js';
import { fuseLists } from './fuse-lists.js';
import { queriesOf } from './queries-of.js';

export const retrieve = defineNode({
  type: 'retrieve',
  version: 2,
  category: 'retrieval',
  title: 'Retrieve',
  summary: 'Finds the passages of a collection that match a question.',
  icon: 'search',
  keywords: listOf(`
      rag, retrieval augmented generation, retriever, retrieval, search, find, lookup, knowledge, knowledge base,
      knowledge retrieval, vector search, vector, vector store, vector database, vector db, semantic search,
      similarity search, hybrid search, keyword search, full text, bm25, query, documents, docs, faq, collection,
      question answering, citation, pinecone, chroma, qdrant, weaviate, milvus, faiss, pgvector, elasticsearch,
      opensearch, lancedb
    `),
  role: 'step',
  effects: ['vectors', 'model'],
  headline: 'collection',
  help: `
Searches a collection and returns the best passages, best first, each with its document, location and scores.

- **As the collection** searches as the page of the collection says under *Search settings*: mode, semantic weight, title weight, diversity, adjacent passages, graph weight and reranker. What you set here wins.
- **Hybrid** combines embeddings and full text and is right for most questions. **Semantic** finds other words with the same meaning; **keyword** finds names, numbers and codes.
- **Semantic weight** shifts a hybrid search towards one side.
- **If nothing fits** decides what happens to a question that the documents do not answer. *Return nothing* compares the question with the threshold of the collection, which is computed from its own passages; the page of the collection shows and changes it. A model node after it then gives its *Answer if nothing is found*, without a citation. *Return the nearest passages* has no threshold.
- **Answer check** lets a language model read the question and the passages, and returns nothing if they do not hold the answer: for questions on the topic of the documents that these do not answer. It costs a call of the model and needs a strong one.
- **Min score** leaves out single passages with a lower semantic score (in keyword search, the score). Compare the scores of a run, because models differ.
- **Filter** limits by metadata; \`document\`, \`title\` and \`source\` are also fields. A filter from the input is combined with *and*.
- **Diversity** leaves out passages that repeat others, for questions that need several sources.
- **Graph weight** brings up passages that mention the same entities as the question or as the first passages, for questions that need several documents. The collection needs a knowledge graph.
- **Date field** puts new passages before old ones, by a date in the metadata. A new passage gets at most 30 % of its score for that, half of it after a **half-life**.
- **Queries** from a *rewrite* node are all searched, instead of the question. **passages** is then one list of all results, those with a high rank in several searches first; **by query** keeps the results of each query apart.
- **Adjacent passages** adds the passages before and after each result, to give the model more context.

The passages carry the label of their collection and documents. An empty question is \`query_empty\`; a missing collection is \`collection_not_found\`.
`.trim(),
  config: z.object({
    collection: z.string().max(128).default('').meta({ basic: true, title: 'Collection', widget: 'collection' }),
    mode: z
      .enum(['collection', 'hybrid', 'dense', 'lexical'])
      .default('collection')
      .meta({
        basic: true,
        title: 'Search',
        labels: { collection: 'As the collection', hybrid: 'Hybrid', dense: 'Semantic', lexical: 'Keyword' },
      }),
    topK: z
      .int()
      .min(1)
      .max(100)
      .default(4)
      .meta({ basic: true, title: 'Passages', description: 'Number of passages to return.' }),
    threshold: z
      .number()
      .optional()
      .meta({ basic: true, title: 'Min score', description: 'Passages below it are left out.' }),
    relevance: z
      .enum(['apply', 'off'])
      .default('apply')
      .meta({
        basic: true,
        title: 'If nothing fits',
        description: 'What happens to a question below the threshold of the collection.',
        labels: { apply: 'Return nothing', off: 'Return the nearest passages' },
      }),
    answerCheck: z.string().max(256).default('').meta({
      title: 'Answer check',
      description: 'A language model that checks whether the passages hold the answer. Empty: no check.',
      widget: 'model',
      modelKind: 'generate',
    }),
    weight: z.number().min(0).max(1).optional().meta({
      title: 'Semantic weight',
      description: 'For hybrid search: 0 is keyword only, 1 is semantic only. Empty: as the collection.',
    }),
    reranker: z
      .enum(['collection', 'none'])
      .default('collection')
      .meta({
        title: 'Reranker',
        description: 'Whether the reranker in the search settings of the collection orders the passages.',
        labels: { collection: 'As the collection', none: 'None' },
      }),
    filter: filterField.optional().meta({ title: 'Filter', description: 'Conditions on metadata.', widget: 'filter' }),
    neighbours: z.int().min(0).max(10).optional().meta({
      title: 'Adjacent passages',
      description: 'Passages to add before and after each result. Empty: as the collection.',
    }),
    diversity: z.number().min(0).max(1).optional().meta({
      title: 'Diversity',
      description: 'From 0 to 1: how much passages should differ from each other. Empty: as the collection.',
    }),
    graphWeight: z.number().min(0).max(1).optional().meta({
      title: 'Graph weight',
      description:
        'From 0 to 1: how much the knowledge graph of the collection counts, where it has one. Empty: as the collection.',
    }),
    dateField: z.string().max(200).default('').meta({
      title: 'Date field',
      description: 'A field of the metadata with a date: new passages come before old ones.',
    }),
    halfLifeDays: z
      .number()
      .positive()
      .max(100_000)
      .default(90)
      .meta({ title: 'Half-life', description: 'Days after which the bonus of a new passage is half.' }),
  }),
  // A node from an earlier version keeps searching as before, whatever search settings its collection has now.
  migrate: (config) => ({
    mode: 'hybrid',
    reranker: 'none',
    neighbours: 0,
    diversity: 0,
    graphWeight: 0,
    ...(typeof config === 'object' ? config : {}),
  }),
  inputs: {
    query: Text.with({ title: 'Question' }),
    queries: Json.optional().with({ title: 'Queries' }),
    filter: Json.optional().with({ title: 'Filter' }),
  },
  outputs: { passages: Passages, byQuery: Json.with({ title: 'By query' }) },
  example: { config: { collection: 'handbook', topK: 3 }, inputs: { query: 'How many days of leave do I have?' } },
  references: ({ collection, answerCheck }) => [
    ...(collection === '' ? [] : [{ kind: 'collection' as const, id: collection, field: 'collection' }]),
    ...(answerCheck === '' ? [] : [{ kind: 'model' as const, id: answerCheck, field: 'answerCheck' }]),
  ],
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
    if (inputs.query.trim() === '')
      throw new HeddleError(
        'query_empty',
        `The question for collection '${config.collection}' is empty: connect a text to search for.`,
      );
    const collection = await context.use('collection', config.collection);
    const filter = joinFilters(config.filter, inputs.filter);
    const queries = queriesOf(inputs.query, inputs.queries);
    const request = {
      k: config.topK,
      mode: config.mode === 'collection' ? undefined : config.mode,
      rerank: config.reranker === 'collection',
      neighbours: config.neighbours,
      relevance: config.relevance,
      threshold: config.threshold,
      weight: config.weight,
      diversity: config.diversity,
      graphWeight: config.graphWeight,
      recency: config.dateField === '' ? undefined : { field: config.dateField, halfLifeDays: config.halfLifeDays },
      filter: filter === undefined ? undefined : Filter.parse(filter),
    };
    const onUnranked = ({ message }: HeddleError): void =>
      context.log.warn(`The passages are not reranked: ${message}`);
    const found = await Promise.all(
      queries.map(async (query) => ({
        query,
        passages: await collection.search({ ...request, query }, { signal: context.signal, onUnranked }),
      })),
    );
    const lists = found.map((one) => one.passages);
    const passages = lists.length === 1 ? (lists[0] ?? []) : fuseLists(lists, mostPassages(config, lists));
    context.raise((await collection.info()).label);
    for (const { label } of lists.flat()) if (label !== undefined) context.raise(label);
    if (config.answerCheck !== '' && passages.length > 0) {
      const model = await context.use('languageModel', config.answerCheck);
      if (!(await answersQuestion(model, inputs.query, passages, context))) {
        context.log.info(
          `'${config.answerCheck}' finds no answer in the ${passages.length} passages: none is returned`,
        );
        return withoutUndefined({ passages: [], byQuery: inputs.queries === undefined ? undefined : [] });
      }
    }
    if (passages.length === 0 && config.relevance === 'apply')
      context.log.info(
        `Nothing in '${config.collection}' answers the question: it is below the threshold, or no passage matches`,
      );
    context.log.info(`${passages.length} passages from '${config.collection}'`, {
      documents: [...new Set(passages.map(({ document }) => document))],
    });
    return withoutUndefined({ passages: [...passages], byQuery: inputs.queries === undefined ? undefined : found });
  },
});

/** How many passages all queries return together: as many as one search returns, with its adjacent passages. */
function mostPassages(
  { topK, neighbours }: { readonly topK: number; readonly neighbours?: number | undefined },
  lists: readonly (readonly unknown[])[],
): number {
  // Without the setting, the collection decides how many adjacent passages there are, so the longest list counts.
  return neighbours === undefined ? Math.max(topK, ...lists.map(({ length }) => length)) : topK * (1 + 2 * neighbours);
}
