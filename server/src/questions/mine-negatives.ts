import type { StoredNegatives } from '@heddle/adapters/datasets';
import {
  HeddleError,
  isStoreFault,
  joinLabels,
  labelOf,
  withoutUndefined,
  questionOfRow,
  type DatasetRow,
  type EvaluationScope,
  type Label,
  type Passage,
  type ProposedReference,
} from '@heddle/core';
import { undefinedIf } from '../common/undefined-if.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import { checkAnswer } from './check-answer.js';
import { containsText, plainText } from './plain-text.js';
import type { PassageSource } from './plan-questions.js';

/** The name under which records show the model calls. */
const negativesWriter = 'negatives';

/**
 * How many passages are searched for each document that is wanted: several passages can belong to one document, and some documents are
 * labelled already.
 */
const passagesEach = 4;
/** How many documents a model checks for each one that is wanted. */
const checkedEach = 3;
/** The maximum number of relevant references whose documents are read. */
const mostRelevant = 100;
/** The number of words below which an expected answer is ignored: "yes" or "42" occurs in many passages. */
const shortestAnswer = 3;

interface MiningSources {
  readonly collections: PassageSource;
  readonly evaluators: Pick<EvaluatorService, 'open'>;
}

/** What a search proposes for a row. */
export interface MinedRow {
  readonly proposed: readonly ProposedReference[];
  /** The strictest label of the row, the collection and the passages. */
  readonly label: Label;
  /** The number of passages that were left out because they are above the clearance of the model. */
  readonly refused: number;
  readonly unreadable: number;
}

/** How many documents that are judged not relevant the row still needs. */
export function missingNegatives({ references = [], proposed = [] }: DatasetRow, each: number): number {
  const judged = [...references, ...proposed].filter(({ grade }) => grade <= 0);
  return Math.max(0, each - new Set(judged.map(({ document }) => document)).size);
}

/**
 * Searches a collection for the question of a row, by meaning and by keywords, and proposes the best passages of documents that nobody has
 * judged. A passage that seems to answer the question is proposed as relevant, because unlabelled answers are the known danger of hard
 * negatives (RocketQA, Qu and others, 2021). Undefined if the row has no question, has enough documents, or has no relevant document that
 * the reader finds. Errors: those of the search and of the model.
 */
export async function mineNegatives(
  row: DatasetRow,
  request: StoredNegatives['request'],
  scope: EvaluationScope,
  sources: MiningSources,
  spend: (cost: number) => void,
): Promise<MinedRow | undefined> {
  const question = questionOfRow(row, request.input);
  const wanted = missingNegatives(row, request.each);
  if (question === undefined || wanted === 0) return undefined;
  const relevant = await relevantTexts(row, request.collection, sources.collections);
  if (relevant === undefined) return undefined;
  const candidates = await candidatesOf(question, row, wanted, request.collection, sources.collections, scope.signal);
  const { label } = await sources.collections.get(request.collection);
  const mined = { proposed: [] as ProposedReference[], label: joinLabels(labelOf(row.label), label) };
  let negatives = 0;
  let refused = 0;
  let unreadable = 0;
  for (const passage of candidates.slice(0, request.model === undefined ? candidates.length : wanted * checkedEach)) {
    if (negatives === wanted) break;
    const own = passage.label === undefined ? mined.label : joinLabels(mined.label, passage.label);
    const because = seemsToAnswer(passage, row, relevant) ? 'answer' : undefined;
    const verdict = because ?? (await verdictOf(passage, question, own, request, scope, sources, spend));
    if (verdict === 'refused') refused += 1;
    else if (verdict === 'unreadable') unreadable += 1;
    else {
      if (verdict === undefined) negatives += 1;
      mined.label = own;
      mined.proposed.push(proposalOf(passage, verdict));
    }
  }
  return { ...mined, refused, unreadable };
}

/** Gives the texts of the relevant documents that the reader finds; undefined if there is none. */
async function relevantTexts(
  { references = [] }: DatasetRow,
  collection: string,
  source: PassageSource,
): Promise<ReadonlySet<string> | undefined> {
  const relevant = references.filter(({ grade }) => grade > 0).slice(0, mostRelevant);
  const texts = new Set(relevant.flatMap(({ text }) => (text === undefined ? [] : [plainText(text)])));
  let isThere = false;
  for (const document of new Set(relevant.map((one) => one.document))) {
    const passages = (await undefinedIf(['document_not_found'], () => source.passages(collection, document))) ?? [];
    isThere ||= passages.length > 0;
    for (const { text } of passages) texts.add(plainText(text));
  }
  return isThere ? texts : undefined;
}

/** Gives the best passage of each document that nobody has judged, alternating between the results by meaning and by keywords. */
async function candidatesOf(
  query: string,
  { references = [], proposed = [] }: DatasetRow,
  wanted: number,
  collection: string,
  source: PassageSource,
  signal: AbortSignal,
): Promise<readonly Passage[]> {
  const known = new Set([...references, ...proposed].map(({ document }) => document));
  const k = Math.min(1_000, (wanted + known.size) * passagesEach);
  const lists: (readonly Passage[])[] = [];
  // Without a reranker: the passages that the search confuses with answers are the ones that are wanted here.
  for (const mode of ['dense', 'lexical'] as const)
    lists.push(await source.search(collection, { query, k, mode, rerank: false }, { signal }));
  const found = new Map<string, Passage>();
  for (let rank = 0; rank < k; rank += 1)
    for (const list of lists) {
      const passage = list[rank];
      if (passage === undefined || known.has(passage.document) || found.has(passage.document)) continue;
      found.set(passage.document, passage);
    }
  return [...found.values()];
}

/** Whether a passage contains the expected answer or equals the text of a relevant document. */
function seemsToAnswer({ text }: Passage, { expected }: DatasetRow, relevant: ReadonlySet<string>): boolean {
  if (relevant.has(plainText(text))) return true;
  const answers: readonly unknown[] = Array.isArray(expected) ? expected : [expected];
  return answers.some(
    (answer) =>
      typeof answer === 'string' && plainText(answer).split(' ').length >= shortestAnswer && containsText(text, answer),
  );
}

/** Gives `model` if the model says that the passage answers the question; undefined if it does not say so, or if no model is set. */
async function verdictOf(
  { text }: Passage,
  question: string,
  label: Label,
  { model, seed }: StoredNegatives['request'],
  scope: EvaluationScope,
  { evaluators }: MiningSources,
  spend: (cost: number) => void,
): Promise<'model' | 'refused' | 'unreadable' | undefined> {
  if (model === undefined) return undefined;
  const open = evaluators.open(negativesWriter, label, scope);
  try {
    const isAnswered = await checkAnswer({ model, seed, question, passages: [text] }, open.context);
    return isAnswered === undefined ? 'unreadable' : isAnswered ? 'model' : undefined;
  } catch (error) {
    if (isStoreFault(error) || !(error instanceof HeddleError) || error.code !== 'label_refused') throw error;
    return 'refused';
  } finally {
    await open.close();
    spend(open.meter.spent().cost);
  }
}

const proposalOf = ({ document, id, text }: Passage, because: 'model' | 'answer' | undefined): ProposedReference =>
  withoutUndefined({
    document: document.slice(0, 1_000),
    text: text.slice(0, 200_000),
    grade: because === undefined ? (0 as const) : (1 as const),
    passage: id.slice(0, 2_000),
    because,
  });
