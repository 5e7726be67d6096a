import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { rankByBaseline } from './relevance/baseline.mjs';
import { readSet, setNames } from './relevance/read-set.mjs';
import { rememberVectors } from './relevance/remember-vectors.mjs';
import { inTemporaryFolder, openHub } from './shared.mjs';

const model = 'all-minilm-l6-v2';
const folderOfSets = process.env.HEDDLE_RELEVANCE;
/** The number of passages that a search returns; the best hundred documents are among them. */
const asked = 300;

/** Imports the documents with all defaults and returns a search function, which gives the ids of the documents, best first. */
async function openProduct(folder, hub, embedder, documents) {
  const { createCollections } = await import('@heddle/adapters/collections');
  const { createDocuments } = await import('@heddle/adapters/documents');
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  const parsers = createDocuments();
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const collections = createCollections({
    embedded: store,
    documents: parsers,
    embedder: async () => embedder,
    tokenizer: (id) => hub.tokenizer(id),
  });
  const collection = await collections.create({ name: 'bench', embedding: model });
  await collection.ingest(
    documents.map(({ id, title, text }) => ({
      id,
      content: text,
      ...(title ? { title } : {}),
    })),
  );
  return {
    find: async (query, mode) => [
      ...new Set((await collection.search({ query, mode, k: asked })).map(({ document }) => document)),
    ],
    close: async () => {
      await parsers.close();
      await store.close();
    },
  };
}

async function measureSet(name, folder, progress) {
  const { ndcgAt, recallAt } = await import('@heddle/core');
  const hub = await openHub(folder);
  if (typeof hub === 'string') return hub;
  const set = readSet(folderOfSets, name);
  const embedder = rememberVectors(await hub.embedder(model), join(root, '.nx', 'bench', `relevance-${model}.f32`));
  progress('the baseline');
  const baseline = await rankByBaseline(set, embedder);
  progress(`importing ${set.documents.length} documents`);
  const product = await openProduct(folder, hub, embedder, set.documents);
  progress('asking');
  const rows = [];
  for (const mode of ['hybrid', 'dense', 'lexical']) {
    const found = [];
    for (const { text } of set.questions) found.push(await product.find(text, mode));
    for (const [unit, measure] of [
      ['nDCG@10', (ranked, relevance) => ndcgAt(10, ranked, relevance)],
      ['recall@100', (ranked, relevance) => recallAt(100, ranked, relevance)],
    ]) {
      const mean = (rankings) => [
        set.questions.reduce((sum, { relevance }, at) => sum + measure(rankings[at], relevance), 0) /
          set.questions.length,
      ];
      rows.push({
        case: `relevance-${name}-${mode}`,
        unit,
        samples: mean(found),
        against: { name: 'the baseline', samples: mean(baseline.map((rankings) => rankings[mode])) },
      });
    }
  }
  await product.close();
  await hub.close();
  return rows;
}

const names = setNames(folderOfSets);

export const cases =
  names.length === 0
    ? [
        {
          name: 'relevance',
          title: 'labelled questions, beside a baseline',
          run: async () => 'HEDDLE_RELEVANCE names no folder with labelled sets in the form of BEIR',
        },
      ]
    : names.map((name) => ({
        name: `relevance-${name}`,
        title: `the questions of ${name}, beside a baseline with the same embedding`,
        run: ({ progress }) => inTemporaryFolder((folder) => measureSet(name, folder, progress)),
      }));
