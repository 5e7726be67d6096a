import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { defaultLabel } from '@heddle/core';
import { root } from '../bootstrap/repository.mjs';
import { inTemporaryFolder, openHub, sample, seeded, pubmedQaFolder } from './shared.mjs';

const dimensions = 384;
/** The number of terms of a plain search: the first words of the question. */
const plainTerms = 10;
/** The number of questions for the plain search, which is slow. */
const askedPlain = 200;

/** Reads the abstracts and their questions, with vectors from the starter model that are cached in .nx/bench. */
async function readAbstracts(folder, progress) {
  const data = pubmedQaFolder();
  if (data === undefined) return 'the abstracts are not here (../shared/data/pubmedqa)';
  const abstracts = readFileSync(join(data, 'pubmedqa.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ id, question, sections }) => ({ id, question, text: sections.map(({ text }) => text).join(' ') }));
  const file = join(root, '.nx', 'bench', 'abstracts.f32');
  if (!existsSync(file)) {
    const hub = await openHub(folder);
    if (typeof hub === 'string') return hub;
    progress('embedding 1,000 abstracts');
    const embedder = await hub.embedder('all-minilm-l6-v2');
    const texts = await embedder.embed(
      abstracts.map(({ text }) => text),
      { kind: 'passage' },
    );
    const questions = await embedder.embed(
      abstracts.map(({ question }) => question),
      { kind: 'query' },
    );
    await hub.close();
    mkdirSync(join(root, '.nx', 'bench'), { recursive: true });
    writeFileSync(
      file,
      Buffer.concat([...texts, ...questions].map((vector) => Buffer.from(Float32Array.from(vector).buffer))),
    );
  }
  const bytes = readFileSync(file);
  const vectorAt = (index) =>
    new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + index * dimensions * 4, bytes.byteOffset + (index + 1) * dimensions * 4),
    );
  return abstracts.map((abstract, index) => ({
    ...abstract,
    vector: vectorAt(index),
    questionVector: vectorAt(abstracts.length + index),
  }));
}

/**
 * Writes texts in which words follow each other as often as in the given texts: the words and their frequencies are real, the sentences
 * make no sense.
 */
function createBabble(texts, random) {
  const following = new Map();
  const all = [];
  for (const text of texts) {
    const words = text.split(/\s+/);
    all.push(...words);
    words.forEach((word, index) => {
      const next = words[index + 1];
      if (next !== undefined) (following.get(word) ?? following.set(word, []).get(word)).push(next);
    });
  }
  const pick = (list) => list[Math.floor(random() * list.length)];
  return () => {
    let word = pick(all);
    const words = [word];
    for (const length = 120 + random() * 120; words.length < length; words.push(word)) {
      // Sometimes takes a random word, because otherwise whole sentences of an abstract would be repeated.
      word = random() < 0.3 ? pick(all) : pick(following.get(word) ?? all);
    }
    return words.join(' ');
  };
}

/** Makes vectors between two of the given ones, with a little noise. */
function createMixer(vectors, random) {
  const pick = () => vectors[Math.floor(random() * vectors.length)];
  return () => {
    const one = pick();
    const other = pick();
    const share = 0.3 + random() * 0.4;
    return one.map((value, at) => share * value + (1 - share) * other[at] + 0.04 * (random() - 0.5));
  };
}

async function fill(collection, { abstracts, passages, progress }) {
  const random = seeded(5);
  const babble = createBabble(
    abstracts.map(({ text }) => text),
    random,
  );
  const mix = createMixer(
    abstracts.map(({ vector }) => vector),
    random,
  );
  const document = (id) => ({ id, title: id, mediaType: 'text/plain', hash: '0'.repeat(64), size: 1 });
  const size = 500;
  for (let start = 0; start < passages; start += size) {
    progress(`storing, ${start} of ${passages}`);
    await collection.put(
      Array.from({ length: size }, (_, index) => {
        const abstract = abstracts[start + index];
        const id = abstract === undefined ? `babble-${start + index}` : `abstract-${abstract.id}`;
        return {
          document: document(id),
          passages: [{ id: `${id}#0`, text: abstract?.text ?? babble(), vector: abstract?.vector ?? mix() }],
        };
      }),
    );
  }
}

/** Answers questions with `find`. Gives the milliseconds, and how often the abstract of a question was first or among the first five. */
async function ask(questions, find) {
  const found = { first: 0, five: 0 };
  await sample(20, 0, (index) => find(questions[index]));
  const samples = await sample(questions.length, 0, async (index) => {
    const ids = (await find(questions[index])).slice(0, 5);
    const position = ids.indexOf(`abstract-${questions[index].id}`);
    if (position === 0) found.first += 100 / questions.length;
    if (position >= 0) found.five += 100 / questions.length;
  });
  return { samples, found };
}

/** Searches the same file with SQLite alone: ten words of the question joined by OR, ranked by bm25. */
function plainSearch(file) {
  const Database = createRequire(join(root, 'adapters', 'package.json'))('better-sqlite3');
  const database = new Database(file, { readonly: true });
  const ranked = database
    .prepare(
      `SELECT documents_1.id FROM (SELECT rowid AS slot, rank AS score FROM words_1 WHERE words_1 MATCH ? ORDER BY rank LIMIT 10)
       JOIN passages_1 USING (slot) JOIN documents_1 ON documents_1.number = passages_1.document ORDER BY score`,
    )
    .pluck();
  const find = ({ question }) =>
    ranked.all(
      (question.match(/[\p{L}\p{N}]+/gu) ?? [])
        .slice(0, plainTerms)
        .map((word) => `"${word}"`)
        .join(' OR '),
    );
  return { find, close: () => database.close() };
}

const rowsOf = (name, { samples, found }) => [
  { case: name, unit: 'ms', samples },
  { case: `${name}-p95`, unit: 'ms', samples: [[...samples].sort((a, b) => a - b)[Math.floor(samples.length * 0.95)]] },
  { case: `${name}-first`, unit: '%', samples: [found.first] },
  { case: `${name}-first-five`, unit: '%', samples: [found.five] },
];

/** Makes a collection of the abstracts among generated texts, and a function that opens its file again. */
async function withPassages(passages, { folder, abstracts, progress }) {
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  const file = join(folder, 'collections.db');
  const store = createEmbeddedStore({ file });
  const collection = await store.create({
    name: 'bench',
    embedding: 'bench',
    dimensions,
    splitter: { kind: 'fixed', maxTokens: 300, overlapTokens: 0 },
    label: defaultLabel,
  });
  await fill(collection, { abstracts, passages, progress });
  progress('asking');
  return { file, store, collection, open: () => createEmbeddedStore({ file }) };
}

const finder =
  (collection, mode) =>
  async ({ question: text, questionVector: vector }) =>
    (await collection.search({ mode, k: 10, text, ...(mode === 'lexical' ? {} : { vector }) })).map(
      ({ document }) => document,
    );

async function hybrid100k({ folder, abstracts, progress }) {
  const { file, store, collection } = await withPassages(100_000, { folder, abstracts, progress });
  const by = (mode) => ask(abstracts, finder(collection, mode));
  const rows = [...rowsOf('hybrid-100k', await by('hybrid')), ...rowsOf('lexical-100k', await by('lexical'))];
  const plain = plainSearch(file);
  rows.push(...rowsOf('lexical-100k-plain-or', await ask(abstracts.slice(0, askedPlain), plain.find)));
  plain.close();
  await store.close();
  return rows;
}

/**
 * Opens the store again, so that it loads as at a start. The file of 6 GB has just been written, so most of it is in the memory of the
 * system.
 */
async function hybrid1m({ folder, abstracts, progress }) {
  const { store: written, open } = await withPassages(1_000_000, { folder, abstracts, progress });
  await written.close();
  const opening = performance.now();
  const store = open();
  const collection = await store.open('bench');
  await finder(collection, 'hybrid')(abstracts[0]);
  const load = (performance.now() - opening) / 1000;
  const asked = abstracts.slice(0, 300);
  const rows = [
    { case: 'hybrid-1m-load', unit: 's', samples: [load] },
    ...rowsOf('hybrid-1m', await ask(asked, finder(collection, 'hybrid'))),
    ...rowsOf('lexical-1m', await ask(asked, finder(collection, 'lexical'))),
  ];
  await store.close();
  return rows;
}

const hybridCase = (name, passages, run, minutes) => ({
  name,
  minutes,
  title: `${passages} passages of real words, 1,000 real abstracts among them, and their questions`,
  run: ({ progress }) =>
    inTemporaryFolder(async (folder) => {
      const abstracts = await readAbstracts(folder, progress);
      return typeof abstracts === 'string' ? abstracts : run({ folder, abstracts, progress });
    }),
});

export const cases = [
  hybridCase('hybrid-100k', '100,000', hybrid100k),
  // most of the minutes are for writing the file
  hybridCase('hybrid-1m', '1,000,000', hybrid1m, 60),
];
