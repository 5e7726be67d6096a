import {
  expandConfigurations,
  HeddleError,
  isAtMost,
  withoutUndefined,
  questionOfRow,
  type Collection,
  type DatasetRow,
  type Destination,
  type DatasetStore,
  type LabelLevel,
  type LabConfiguration,
  type LabRequest,
  type Relevance,
  type StoredDatasetRow,
} from '@heddle/core';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { contentHash } from '../calls/content-hash.js';
import { isRemote } from '../common/is-remote.js';
import { rewritesOf } from './lab-spending.js';

/** A question with its judged documents. */
export interface LabQuestion {
  /** The id of the row in the dataset. */
  readonly row: string;
  readonly text: string;
  /** Grades of judged documents. The collection has all of the relevant ones, and at least one of any others. */
  readonly relevance: Relevance;
}

/**
 * Finds the destinations of a lab's models, if its project may use them. Errors: `connection_not_found`, `model_unknown`,
 * `model_wrong_kind`.
 */
export interface LabModels {
  readonly reranker: (id: string) => Promise<Destination>;
  readonly rewriter: (id: string) => Promise<Destination>;
}

interface LabPlan {
  readonly version: number;
  readonly configurations: readonly LabConfiguration[];
  readonly questions: readonly LabQuestion[];
  readonly skipped: number;
}

/** The limit of configurations times questions; more would take hours. */
const mostAnswers = 200_000;
/** Fewer questions would prove nothing. */
const fewestQuestions = 5;
const pageSize = 500;

/** Plans a lab. As long as the rows and documents exist, the same request gives the same plan. Errors: `lab_invalid`, `not_found`. */
export async function planLab(
  datasets: Pick<DatasetStore, 'get' | 'rows'>,
  { dataset, request, version }: { readonly dataset: string; readonly request: LabRequest; readonly version?: number },
  collection: Collection,
  at: LabModels,
): Promise<LabPlan> {
  const info = await collection.info();
  const search = (await collection.settings?.get()) ?? {};
  const hasGraph = (await collection.graph?.options()) !== undefined;
  const configurations = expandConfigurations({ ...info, search, hasGraph }, request.grid);
  refuseRemote(configurations, info.embedding);
  const models = [
    ...(await Promise.all(rerankersOf(configurations).map(at.reranker))),
    ...(await Promise.all(rewritersOf(configurations).map(at.rewriter))),
  ];
  const asked = version ?? request.version ?? (await datasets.get(dataset)).version;
  if (asked === 0) throw new HeddleError('lab_invalid', 'The dataset has no rows: add questions with their documents.');
  const { split, input, seed, questions: most } = request;
  const { questions, skipped, rows, unknown } = await labelledQuestions(
    datasets,
    { dataset, version: asked, split, input, seed, most, clearances: clearancesOf(collection, models) },
    collection,
  );
  const likely = unknown === undefined ? undefined : await longerId(unknown, collection);
  checkSize(questions.length, configurations.length, { skipped, rows, unknown, likely });
  return { version: asked, configurations, questions, skipped };
}

/** The clearances of everything that gets the questions: models that embed, rewrite and rerank. */
const clearancesOf = ({ embedding }: Collection, models: readonly Destination[]): readonly LabelLevel[] =>
  [embedding, ...models].flatMap((destination) => (destination === undefined ? [] : [destination.clearance]));

/** The different rerankers of configurations. */
export const rerankersOf = (configurations: readonly LabConfiguration[]): readonly string[] => [
  ...new Set(configurations.flatMap(({ search: { reranker } }) => (reranker === undefined ? [] : [reranker.model]))),
];

/** The different models that rewrite questions for configurations. */
export const rewritersOf = (configurations: readonly LabConfiguration[]): readonly string[] => [
  ...new Set(rewritesOf(configurations).map(({ model }) => model)),
];

/** The models that write passage headers for new indexes. The first configuration is the collection as it is. */
export const headerModelsOf = ([current, ...others]: readonly LabConfiguration[]): readonly string[] => [
  ...new Set(
    others
      .filter(({ index }) => JSON.stringify(index) !== JSON.stringify(current?.index))
      .flatMap(({ index }) => index.splitter.header?.model ?? []),
  ),
];

/** Selects the rows of a dataset that a lab uses. */
interface QuestionsWanted {
  readonly dataset: string;
  readonly version: number;
  readonly split?: string | undefined;
  readonly input?: string | undefined;
  readonly seed: number;
  readonly most: number;
  /** A row whose label is above one of these is skipped. */
  readonly clearances: readonly LabelLevel[];
}

/** The labelled questions of a dataset, in an order that depends on the seed, and the number of skipped rows. */
export async function labelledQuestions(
  datasets: Pick<DatasetStore, 'rows'>,
  { dataset, version, split, input, seed, most, clearances }: QuestionsWanted,
  collection: Collection,
): Promise<{
  readonly questions: readonly LabQuestion[];
  readonly skipped: number;
  readonly rows: number;
  /** A document that a skipped row names, and the collection does not have. */
  readonly unknown?: string | undefined;
}> {
  const labelled: { readonly id: string; readonly row: DatasetRow; readonly text: string }[] = [];
  let rows = 0;
  for await (const row of rowsOf(datasets, { dataset, version, split })) {
    rows += 1;
    const text = questionOfRow(row, input);
    const isOpen = clearances.every((clearance) => isAtMost(row.label, clearance));
    if (text !== undefined && isOpen && (row.references ?? []).length > 0) labelled.push({ id: row.id, row, text });
  }
  const rank = (id: string): string => contentHash(`${seed} ${id}`);
  const order = labelled.map((one) => ({ ...one, rank: rank(one.id) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const questions: LabQuestion[] = [];
  let left = 0;
  let unknown: string | undefined;
  for (const { id, row, text } of order) {
    if (questions.length === most) break;
    const relevance = await relevanceOf(row, collection);
    if (relevance.size > 0) questions.push({ row: id, text, relevance });
    else {
      left += 1;
      unknown ??= row.references?.find(({ grade }) => grade > 0)?.document;
    }
  }
  return { questions, skipped: rows - labelled.length + left, rows, unknown };
}

/** An id of the collection that ends with this one, as ids of records of a file do. Ids of documents with readers are not shown. */
async function longerId(id: string, collection: Collection): Promise<string | undefined> {
  const documents = await collection.documents({ limit: 1_000 });
  const isLonger = (known: string): boolean => known.endsWith(id) && /[#/:]$/.test(known.slice(0, -id.length));
  return documents.find((known) => (known.readers ?? null) === null && isLonger(known.id))?.id;
}

function adviceFor(unknown: string, likely: string | undefined): string {
  if (likely === undefined) return ': compare this with the ids on its page';
  const prefix = likely.slice(0, -unknown.length).slice(0, 200);
  return `, but '${likely.slice(0, 300)}': import the rows again and name '${prefix}' as the beginning of document ids (documentPrefix)`;
}

function checkSize(
  questions: number,
  configurations: number,
  {
    skipped,
    rows,
    unknown,
    likely,
  }: {
    readonly skipped: number;
    readonly rows: number;
    readonly unknown?: string | undefined;
    readonly likely?: string | undefined;
  },
): void {
  if (questions < fewestQuestions)
    throw new HeddleError(
      'lab_invalid',
      `A lab needs at least ${fewestQuestions} questions, and ${questions} of ${rows} rows have a question and a relevant document of the collection (${skipped} were skipped).${unknown === undefined ? '' : ` The collection has no document '${unknown.slice(0, 200)}'${adviceFor(unknown, likely)}.`}`,
      { details: { questions, skipped } },
    );
  if (questions * configurations > mostAnswers)
    throw new HeddleError(
      'lab_invalid',
      `${configurations} configurations × ${questions} questions are ${configurations * questions} searches, and a lab makes ${mostAnswers} at most: take fewer questions or values.`,
      { details: { searches: configurations * questions } },
    );
}

/** Refuses models on other machines for new indexes, because these would get all documents. */
function refuseRemote(configurations: readonly LabConfiguration[], current: string): void {
  const [first] = configurations;
  for (const { index } of configurations) {
    const isNew = JSON.stringify(index) !== JSON.stringify(first?.index);
    const writer = index.splitter.header?.model;
    if (isNew && writer !== undefined && isRemote(writer))
      throw new HeddleError(
        'lab_invalid',
        `'${writer}' is a model of a connection: a lab writes headers with models of this machine only. Make a new index with it, and compare that with the one that serves.`,
        { details: { model: writer } },
      );
    if (isNew && isRemote(index.embedding))
      throw new HeddleError(
        'lab_invalid',
        `'${index.embedding}' is a model of a connection: a lab indexes with models of this machine only${index.embedding === current ? '. Leave out the values that need a new index, or name another model' : ''}.`,
        { details: { model: index.embedding } },
      );
  }
}

async function* rowsOf(
  datasets: Pick<DatasetStore, 'rows'>,
  {
    dataset,
    version,
    split,
  }: { readonly dataset: string; readonly version: number; readonly split?: string | undefined },
): AsyncGenerator<StoredDatasetRow> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const query = withoutUndefined({ version, after, split, unreviewed: false, limit: pageSize });
    const { rows, next } = await datasets.rows(dataset, query);
    yield* rows;
    after = next;
    await yieldToEventLoop();
  }
}

/**
 * The relevant documents that the collection has, each with its best grade, and the documents judged as not relevant. Empty if there is no
 * relevant document.
 */
async function relevanceOf({ references = [] }: DatasetRow, collection: Collection): Promise<Relevance> {
  const grades = new Map<string, number>();
  const isThere = async (document: string): Promise<boolean> => (await collection.document(document)) !== undefined;
  for (const { document, grade } of references) {
    if (grade <= (grades.get(document) ?? 0)) continue;
    if (grades.has(document) || (await isThere(document))) grades.set(document, grade);
  }
  if (grades.size === 0) return grades;
  const relevant = new Set(references.filter(({ grade }) => grade > 0).map(({ document }) => document));
  const others = new Set(references.map(({ document }) => document).filter((document) => !relevant.has(document)));
  // A search cannot find a removed document, so these count only if the collection still has at least one of them.
  for (const document of others) {
    if (!(await isThere(document))) continue;
    for (const other of others) grades.set(other, 0);
    break;
  }
  return grades;
}
