import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../bootstrap/repository.mjs';

// The baseline is what a short script does: BM25 with stemming over whole documents, exact cosines of their beginnings, and plain
// reciprocal rank fusion. The product must be better than this.
const repetition = 1.5;
const lengthShare = 0.75;
const rankConstant = 60;
const depth = 100;
const stopWords = new Set(
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with'.split(
    ' ',
  ),
);

/** Counts the terms of texts, stemmed by SQLite's Porter tokenizer. */
function countTerms(texts) {
  const Database = createRequire(join(root, 'adapters', 'package.json'))('better-sqlite3');
  const database = new Database(':memory:');
  database.exec(`
    CREATE VIRTUAL TABLE texts USING fts5(text, content='', tokenize='porter unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE terms USING fts5vocab(texts, 'instance');`);
  const insert = database.prepare('INSERT INTO texts (rowid, text) VALUES (?, ?)');
  database.transaction(() => texts.forEach((text, index) => insert.run(index + 1, text)))();
  const bags = texts.map(() => new Map());
  for (const { term, doc } of database.prepare('SELECT term, doc FROM terms').iterate())
    if (!stopWords.has(term)) bags[doc - 1].set(term, (bags[doc - 1].get(term) ?? 0) + 1);
  database.close();
  return bags;
}

const best = (scores, isHit) =>
  [...scores.keys()]
    .filter((index) => isHit(scores[index]))
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, depth);

function createBm25(bags) {
  const lengths = bags.map((bag) => [...bag.values()].reduce((sum, count) => sum + count, 0));
  const average = lengths.reduce((sum, length) => sum + length, 0) / bags.length;
  const postings = new Map();
  bags.forEach((bag, index) => {
    for (const [term, count] of bag) {
      if (!postings.has(term)) postings.set(term, []);
      postings.get(term).push([index, count]);
    }
  });
  return (question) => {
    const scores = new Float64Array(bags.length);
    for (const [term, times] of question) {
      const holders = postings.get(term) ?? [];
      const rarity = Math.log(1 + (bags.length - holders.length + 0.5) / (holders.length + 0.5));
      for (const [index, count] of holders) {
        const damping = repetition * (1 - lengthShare + (lengthShare * lengths[index]) / average);
        scores[index] += (times * rarity * count * (repetition + 1)) / (count + damping);
      }
    }
    return best(scores, (score) => score > 0);
  };
}

const cosine = (a, b) => {
  let product = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let index = 0; index < a.length; index += 1) {
    product += a[index] * b[index];
    lengthA += a[index] ** 2;
    lengthB += b[index] ** 2;
  }
  return product / Math.sqrt(lengthA * lengthB || 1);
};

/** Ranks the documents of a set for each of its questions: `{ lexical, dense, hybrid }`, lists of ids. */
export async function rankByBaseline({ documents, questions }, embedder) {
  const texts = documents.map(({ title, text }) => (title ? `${title}\n${text}` : text));
  const asked = questions.map(({ text }) => text);
  const search = createBm25(countTerms(texts));
  const terms = countTerms(asked);
  const vectors = await embedder.embed(texts, { kind: 'passage' });
  const questionVectors = await embedder.embed(asked, { kind: 'query' });
  const idsOf = (indexes) => indexes.map((index) => documents[index].id);
  return questions.map((_, index) => {
    const lexical = search(terms[index]);
    const dense = best(
      vectors.map((vector) => cosine(vector, questionVectors[index])),
      () => true,
    );
    const fused = new Map();
    for (const list of [lexical, dense])
      list.forEach((document, rank) => fused.set(document, (fused.get(document) ?? 0) + 1 / (rankConstant + rank + 1)));
    const hybrid = [...fused.keys()].sort((a, b) => fused.get(b) - fused.get(a) || a - b);
    return { lexical: idsOf(lexical), dense: idsOf(dense), hybrid: idsOf(hybrid) };
  });
}
