import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const lines = (file) => readFileSync(file, 'utf8').trim().split('\n');

/** Lists the labelled sets in a folder: subfolders in the format of BEIR, with `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`. */
export function setNames(folder) {
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'qrels', 'test.tsv')));
}

/** Reads a set: its documents, the questions that have a judgement, and the relevance of documents for each question. */
export function readSet(folder, name) {
  const at = (file) => join(folder, name, file);
  const records = (file) => lines(at(file)).map((line) => JSON.parse(line));
  const relevance = new Map();
  for (const line of lines(at('qrels/test.tsv')).slice(1)) {
    const [question, document, grade] = line.split('\t');
    if (Number(grade) <= 0) continue;
    const known = relevance.get(question) ?? new Map();
    relevance.set(question, known.set(document, Number(grade)));
  }
  return {
    documents: records('corpus.jsonl').map(({ _id, title, text }) => ({ id: _id, title, text })),
    questions: records('queries.jsonl')
      .filter(({ _id }) => relevance.has(_id))
      .map(({ _id, text }) => ({ id: _id, text, relevance: relevance.get(_id) })),
  };
}
