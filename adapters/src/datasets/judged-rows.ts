import { basename } from 'node:path';
import {
  DatasetRow,
  HeddleError,
  isPlainObject,
  type ReferencePassage,
  type RowDefaults,
  withoutUndefined,
} from '@heddle/core';
import { streamLines, streamRows } from '../channels/read-rows.js';
import type { DatasetFile } from './dataset-file.js';

/** The most judgements of all questions, which are in memory at once. */
const mostJudgements = 2_000_000;
/** The most characters of all texts of judged documents. */
const mostText = 200_000_000;

/** The judged documents of a question, and the split of its judgements. */
interface Judged {
  readonly references: ReferencePassage[];
  readonly split: string | undefined;
}

/**
 * Reads the rows of a retrieval set: each question with its judged documents. Questions without a judgement are left out, as in the loaders
 * of BEIR and ir_datasets. The names tell the files apart: `qrels…`, or in BEIR a `.tsv`, has judgements, `corpus…` has documents.
 */
export async function* readJudgedRows(
  format: 'beir' | 'trec',
  files: readonly DatasetFile[],
  defaults: RowDefaults,
): AsyncGenerator<DatasetRow, void, void> {
  const kindOf = ({ name }: DatasetFile): 'judgements' | 'documents' | 'questions' => {
    if (/qrels/i.test(name) || (format === 'beir' && /\.tsv$/i.test(name))) return 'judgements';
    return /^corpus/i.test(basename(name)) ? 'documents' : 'questions';
  };
  const of = (kind: ReturnType<typeof kindOf>): readonly DatasetFile[] => files.filter((file) => kindOf(file) === kind);
  const questions = of('questions');
  if (of('judgements').length === 0 || questions.length === 0)
    throw invalid('Give a file with questions and one with judgements, such as queries.jsonl and qrels/test.tsv.');
  const judged = new Map<string, Judged>();
  for (const file of of('judgements')) await readJudgements(format, file, judged);
  const texts = new Map<string, string>();
  for (const file of of('documents')) await readTexts(file, judged, texts);
  let asked = 0;
  let given = 0;
  for (const file of questions)
    for await (const { id, text } of format === 'beir' ? jsonQuestions(file) : topics(file)) {
      asked += 1;
      const found = judged.get(id);
      if (found === undefined) continue;
      given += 1;
      const references = found.references.map((reference) => inCollection(withText(reference, texts), defaults));
      const split = found.split ?? defaults.split;
      const label = defaults.label ?? 'internal';
      yield DatasetRow.parse(withoutUndefined({ id, inputs: { query: text }, references, label, split }));
    }
  if (given === 0) throw invalid(unmatched(asked, judged));
}

function unmatched(asked: number, judged: ReadonlyMap<string, Judged>): string {
  if (asked === 0) return 'The file with questions is empty.';
  const [first] = judged.keys();
  if (first === undefined) return 'The file with judgements is empty.';
  return `None of the ${asked} questions has a judgement; the first one is for '${first.slice(0, 100)}'. Give files of the same set.`;
}

/** The reference with the id that the document has in the collection. */
const inCollection = (reference: ReferencePassage, { documentPrefix = '' }: RowDefaults): ReferencePassage =>
  documentPrefix === '' ? reference : { ...reference, document: `${documentPrefix}${reference.document}` };

function withText(reference: ReferencePassage, texts: ReadonlyMap<string, string>): ReferencePassage {
  const text = texts.get(reference.document);
  return text === undefined ? reference : { ...reference, text: text.slice(0, 200_000) };
}

/**
 * Reads judgements. BEIR: question, document and grade, separated by tabs, below a header. TREC: question, iteration, document and grade,
 * separated by white space.
 */
async function readJudgements(format: 'beir' | 'trec', file: DatasetFile, judged: Map<string, Judged>): Promise<void> {
  const split = /(?:^|[^a-z])(train|dev|validation|test)[^a-z]/i.exec(basename(file.name))?.[1]?.toLowerCase();
  let count = 0;
  for await (const { line, number } of streamLines(file.content)) {
    const cells = format === 'beir' ? line.trim().split('\t') : line.trim().split(/\s+/);
    const [question = '', document = '', score = ''] = format === 'beir' ? cells : [cells[0], cells[2], cells[3]];
    if (format === 'beir' && number === 1 && Number.isNaN(Number(score))) continue;
    const grade = Number(score);
    const size = format === 'beir' ? 3 : 4;
    if (cells.length !== size || question === '' || document === '' || score === '' || !Number.isFinite(grade))
      throw invalid(
        `${basename(file.name)}, line ${number}: It does not have ${size} columns with a grade in the last one.`,
      );
    count += 1;
    if (count > mostJudgements) throw invalid(`${basename(file.name)} has more than ${mostJudgements} judgements.`);
    const known = judged.get(question) ?? { references: [], split };
    known.references.push({ document, grade });
    judged.set(question, known);
  }
}

async function readTexts(
  file: DatasetFile,
  judged: ReadonlyMap<string, Judged>,
  texts: Map<string, string>,
): Promise<void> {
  const wanted = new Set([...judged.values()].flatMap(({ references }) => references.map(({ document }) => document)));
  let size = 0;
  for await (const { row, line } of streamRows(file.content, 'corpus.jsonl')) {
    const { _id: id, title, text } = row;
    if (typeof id !== 'string' || typeof text !== 'string')
      throw invalid(`${basename(file.name)}, line ${line}: It needs an \`_id\` and a \`text\`.`);
    if (!wanted.has(id)) continue;
    const whole = typeof title === 'string' && title !== '' ? `${title}\n${text}` : text;
    size += whole.length;
    if (size > mostText) throw invalid('The texts of judged documents are too large: import without the corpus.');
    texts.set(id, whole);
  }
}

interface Question {
  readonly id: string;
  readonly text: string;
}

async function* jsonQuestions(file: DatasetFile): AsyncGenerator<Question, void, void> {
  for await (const { row, line } of streamRows(file.content, 'queries.jsonl')) {
    const { _id: id, text } = row;
    if (!isPlainObject(row) || typeof id !== 'string' || typeof text !== 'string')
      throw invalid(`${basename(file.name)}, line ${line}: It needs an \`_id\` and a \`text\`.`);
    yield { id, text };
  }
}

/** Reads topics, either in the tags of TREC (`<num>`, `<title>`), or as an id and a text separated by a tab. */
async function* topics(file: DatasetFile): AsyncGenerator<Question, void, void> {
  let id: string | undefined;
  let isTagged = false;
  let isTitleNext = false;
  for await (const { line, number } of streamLines(file.content)) {
    isTagged ||= /^\s*<top>/i.test(line);
    if (!isTagged) {
      const tab = line.indexOf('\t');
      if (tab <= 0)
        throw invalid(`${basename(file.name)}, line ${number}: It is not a topic: an id, a tab and a text.`);
      yield { id: line.slice(0, tab).trim(), text: line.slice(tab + 1).trim() };
      continue;
    }
    id = /<num>\s*(?:Number:)?\s*([^\s<]+)/i.exec(line)?.[1] ?? id;
    const title: string | undefined =
      /<title>\s*(?:Topic:)?\s*([^<]*)/i.exec(line)?.[1]?.trim() ?? (isTitleNext ? line.trim() : undefined);
    isTitleNext = title === '';
    if (title === undefined || title === '') continue;
    if (id === undefined) throw invalid(`${basename(file.name)}, line ${number}: The topic has no number.`);
    yield { id, text: title };
  }
}

const invalid = (message: string): HeddleError => new HeddleError('dataset_invalid', message);
