import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../bootstrap/repository.mjs';
import { preparePython } from './prepare-partners.mjs';

const script = fileURLToPath(new URL('search/scores.py', import.meta.url));
const part = (name) => import(join(root, 'adapters', 'dist', 'vectors', `${name}.js`));

/** The number of results of each search that are compared. */
const k = 10;
/** The maximum difference of a score. */
const most = 1e-4;
/** With this many passages, sign bits and int8 rows preselect the candidates. */
const vectorCount = 20_000;
const dimensions = 384;

/** Reads paragraphs of the documentation: English text of various lengths. */
function paragraphs() {
  const folder = join(root, 'docs');
  const pages = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md'));
  const texts = pages.sort().flatMap((name) => readFileSync(join(folder, name), 'utf8').split(/\n\n+/));
  return [...new Set(texts.map((text) => text.trim()))].filter((text) => text.length > 40);
}

/** Makes a generator of numbers from 0 to 1 that are the same on every machine. */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const settings = {
  ...{ name: 'proof', embedding: 'tiny', label: { level: 'internal', marks: [] } },
  splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 },
};

async function measure({ partner: { python }, folder, report }) {
  const { createEmbeddedStore } = await import('@heddle/adapters/vectors');
  const store = createEmbeddedStore({ file: join(folder, 'proof.db') });
  try {
    const keyword = await keywordOf(store);
    const vectors = await vectorsOf(store);
    const theirs = scoresOf(python, folder, { ...keyword, ...vectors });
    await report(
      `${keyword.found.length} keyword searches of ${keyword.passages.length} passages score as bm25s does`,
      () => sameScores(keyword.found, theirs.lexical, 'bm25s'),
    );
    await report(`${vectors.found.length} semantic searches of ${vectorCount} vectors score as brute force does`, () =>
      sameScores(vectors.found, theirs.dense, 'brute force', { hasRecall: true }),
    );
  } finally {
    await store.close();
  }
}

/** Makes passages from paragraphs, without titles and headings, and questions from a few of their words. */
async function keywordOf(store) {
  const [{ countTerms, questionTerms }, { languageOf }, { languages }] = await Promise.all([
    part('shared/terms'),
    part('embedded/languages/language-of'),
    part('embedded/languages/languages'),
  ]);
  const english = languages.get('en');
  // SQLite folds the micro sign to the Greek letter; none of the other 5,691 words of these pages is treated differently.
  const texts = paragraphs().filter((text) => languageOf(text).code === 'en' && !text.includes('µ'));
  const collection = await store.create({ ...settings, dimensions: 2 });
  await collection.put(
    texts.map((text, at) => ({
      document: { id: String(at), title: '', mediaType: 'text/plain', hash: '', size: 1 },
      passages: [{ id: String(at), text, vector: Float32Array.of(1, 0) }],
    })),
  );
  const random = randomOf(7);
  const any = (list) => list[Math.floor(random() * list.length)];
  const questions = Array.from({ length: 300 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 8) }, () => any(any(texts).match(/[a-z]{3,}/gi) ?? ['word'])).join(
      ' ',
    ),
  ).filter((text) => [...questionTerms(text, ['en']).values()].every((times) => times === 1));
  const found = [];
  for (const text of questions) found.push(await collection.search({ mode: 'lexical', text, k }));
  await store.drop('proof');
  return {
    passages: texts.map((text) => repeated(countTerms({ text }, english).counts)),
    questions: questions.map((text) => [...questionTerms(text, ['en']).keys()]),
    found,
  };
}

const repeated = (counts) => [...counts].flatMap(([term, count]) => Array(count).fill(term));

/** Makes vectors around 500 centres. */
async function vectorsOf(store) {
  const random = randomOf(11);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: 500 }, () => Array.from({ length: dimensions }, normal));
  const vector = () => {
    const centre = centres[Math.floor(random() * centres.length)];
    return Float32Array.from(centre, (value) => value + 0.8 * normal());
  };
  const all = Array.from({ length: vectorCount }, vector);
  const collection = await store.create({ ...settings, dimensions });
  for (let start = 0; start < all.length; start += 500)
    await collection.put(
      all.slice(start, start + 500).map((one, at) => ({
        document: { id: String(start + at), title: '', mediaType: 'text/plain', hash: '', size: 1 },
        passages: [{ id: String(start + at), text: 'x', vector: one }],
      })),
    );
  const asked = Array.from({ length: 200 }, vector);
  const found = [];
  for (const one of asked) found.push(await collection.search({ mode: 'dense', vector: one, k }));
  return { vectors: all, asked, found };
}

function scoresOf(python, folder, { passages, questions, vectors, asked }) {
  const [given, stored, wanted] = ['given.json', 'vectors.f4', 'asked.f4'].map((name) => join(folder, name));
  writeFileSync(given, JSON.stringify({ k1: 1.2, b: 0.4, dimensions, passages, questions }));
  const bytes = (list) => Buffer.concat(list.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength)));
  writeFileSync(stored, bytes(vectors));
  writeFileSync(wanted, bytes(asked));
  return JSON.parse(execFileSync(python, [script, given, stored, wanted], { maxBuffer: 2 ** 28 }).toString());
}

/**
 * Checks that each result has the score that the other implementation gives it. A result that the other one does not list must have the
 * score of the result at its rank.
 */
function sameScores(ours, theirs, name, { hasRecall = false } = {}) {
  let compared = 0;
  let largest = 0;
  let met = 0;
  let wanted = 0;
  ours.forEach((found, at) => {
    const best = theirs[at].slice(0, k);
    if (found.length !== best.length) throw new Error(`search ${at} finds ${found.length}, ${name} ${best.length}`);
    const scores = new Map(theirs[at].map(([id, score]) => [String(id), score]));
    const last = best.at(-1)?.[1] ?? 0;
    wanted += best.length;
    for (const [rank, { id, score }] of found.entries()) {
      const expected = scores.get(id) ?? best[rank][1];
      // Semantic search may miss a passage. Another passage then takes its rank, which counts against the recall only.
      if (hasRecall && !scores.has(id)) continue;
      compared += 1;
      largest = Math.max(largest, Math.abs(score - expected));
      if (score >= last - most) met += 1;
    }
  });
  const recall = met / wanted;
  process.stderr.write(
    `  ${compared} scores, largest difference ${largest.toExponential(1)}, recall@${k} ${recall.toFixed(4)}\n`,
  );
  if (compared < 1_000) throw new Error(`${compared} scores are too few`);
  if (largest > most) throw new Error(`a score differs by ${largest}`);
  if (recall < (hasRecall ? 0.99 : 1)) throw new Error(`the recall is ${recall}`);
}

/**
 * Compares the scores of keyword and semantic search with other implementations: one field, the same terms and constants, float vectors.
 */
export const searchCase = {
  ...{ name: 'bm25s', title: 'bm25s and brute force (scores of keyword and semantic search)', isPlain: true },
  needs: () => preparePython('bm25s', ['bm25s==0.2.13']),
  run: measure,
};
