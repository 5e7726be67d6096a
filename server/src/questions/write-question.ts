import type { QuestionAttempt, StoredQuestions } from '@heddle/adapters/datasets';
import {
  DatasetRow,
  EvaluatorSetup,
  HeddleError,
  isStoreFault,
  joinLabels,
  withoutUndefined,
  type EvaluationScope,
  type EvaluationSubject,
  type GeneratedBy,
  type Label,
  type Passage,
  type QuestionFlag,
} from '@heddle/core';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import { askJudge } from '../evaluators/kinds/ask-judge.js';
import { checkAnswer } from './check-answer.js';
import { containsText } from './plain-text.js';
import type { PassageSource } from './plan-questions.js';
import {
  promptHash,
  promptOf,
  questionPrompt,
  replyOf,
  schemaOf,
  systemOf,
  type WrittenQuestion,
} from './question-prompt.js';

interface QuestionSources {
  readonly collections: PassageSource;
  readonly evaluators: Pick<EvaluatorService, 'open' | 'evaluate'>;
}

/** A new row, and the cost of its model calls. */
export interface NewQuestion {
  readonly row: DatasetRow;
  readonly question: string;
  readonly flags: readonly QuestionFlag[];
}

/** The maximum number of tokens of one reply, which contains a quote, a question and an answer. */
const mostTokens = 500;
/** How many results of a search are checked for the passage. */
const searched = 10;
/** The name under which records show the model calls. */
const questionWriter = 'questions';

/**
 * Asks the model for one question about the passages of an attempt, and checks the question. Errors: `judge_unreadable` if the reply is not
 * a question in two attempts, `document_not_found` if a passage was removed, `label_refused`, `budget_exceeded`, and those of the model.
 */
export async function writeQuestion(
  { id, request }: Pick<StoredQuestions, 'id' | 'request'>,
  attempt: QuestionAttempt,
  before: readonly string[],
  scope: EvaluationScope,
  sources: QuestionSources,
  spend: (cost: number) => void,
): Promise<NewQuestion> {
  const { kind } = attempt;
  const passages = await passagesOf(request.collection, attempt, sources.collections);
  const label = await labelOfPassages(request.collection, passages, sources.collections);
  const open = sources.evaluators.open(questionWriter, label, scope);
  try {
    const { isLocal } = (await open.context.use('languageModel', request.model)).info.destination;
    const texts = passages.map(({ text }) => text);
    const written = await askJudge(
      request.model,
      {
        system: systemOf(kind, request.language),
        prompt: promptOf(texts, before),
        schema: schemaOf(kind, isLocal),
        reply: replyOf(kind),
        maxTokens: mostTokens,
        seed: request.seed,
      },
      open.context,
    );
    const { question } = written;
    const check = { model: request.model, seed: request.seed, question, passages: texts };
    const isAnswered = kind === 'unanswerable' && (await checkAnswer(check, open.context)) === true;
    const flags: QuestionFlag[] = [
      ...(kind === 'unanswerable' ? [] : await flagsOf(written, passages, label, scope, sources)),
      ...(kind === 'unanswerable' ||
      (await isFound(written.question, passages, request.collection, sources, scope.signal))
        ? []
        : ['not-found' as const]),
      ...(isAnswered ? ['answered' as const] : []),
    ];
    return { row: rowOf({ id, request }, attempt, passages, label, written, flags), question: written.question, flags };
  } finally {
    await open.close();
    spend(open.meter.spent().cost);
  }
}

async function passagesOf(
  collection: string,
  { passages }: QuestionAttempt,
  source: PassageSource,
): Promise<readonly Passage[]> {
  const found: Passage[] = [];
  for (const { document, id } of passages) {
    const passage = (await source.passages(collection, document)).find((one) => one.id === id);
    if (passage === undefined)
      throw new HeddleError(
        'document_not_found',
        `A passage of '${document}' is gone: the document was imported again.`,
      );
    found.push(passage);
  }
  return found;
}

/** Gives the strictest label among the collection and its passages. */
async function labelOfPassages(
  collection: string,
  passages: readonly Passage[],
  source: PassageSource,
): Promise<Label> {
  const { label } = await source.get(collection);
  return passages.reduce(
    (joined, passage) => (passage.label === undefined ? joined : joinLabels(joined, passage.label)),
    label,
  );
}

const groundedness = EvaluatorSetup.parse({ kind: 'groundedness' });

async function flagsOf(
  { question, answer, quote = '' }: WrittenQuestion,
  passages: readonly Passage[],
  label: Label,
  scope: EvaluationScope,
  { evaluators }: QuestionSources,
): Promise<readonly QuestionFlag[]> {
  const subject: EvaluationSubject = {
    inputs: { question },
    outputs: { answer },
    passages: passages.map(({ document, text }) => ({ document, text })),
    toolCalls: [],
    ms: 0,
    cost: 0,
    tokens: 0,
    label,
  };
  const [grounded] = await evaluators.evaluate([groundedness], subject, scope);
  const flags: QuestionFlag[] = [];
  if (grounded?.value === undefined || grounded.value < 1) flags.push('not-grounded');
  if (!passages.some(({ text }) => containsText(text, quote))) flags.push('not-quoted');
  return flags;
}

/** Whether a search with the question finds one of its passages. Also true if the search fails, which says nothing about the question. */
async function isFound(
  question: string,
  passages: readonly Passage[],
  collection: string,
  { collections }: QuestionSources,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const found = await collections.search(collection, { query: question, k: searched, rerank: false }, { signal });
    return found.some(({ id }) => passages.some((passage) => passage.id === id));
  } catch (error) {
    if (signal.aborted || isStoreFault(error)) throw error;
    return true;
  }
}

function rowOf(
  { id, request }: Pick<StoredQuestions, 'id' | 'request'>,
  { number, kind }: QuestionAttempt,
  passages: readonly Passage[],
  label: Label,
  { question, answer, quote }: WrittenQuestion,
  flags: readonly QuestionFlag[],
): DatasetRow {
  const generated: GeneratedBy = withoutUndefined({
    model: request.model,
    kind,
    collection: request.collection,
    seed: request.seed,
    flags: [...flags],
    prompt: { ...questionPrompt, hash: promptHash(kind, request) },
    passages: passages.map((passage) => passage.id),
    quote: quote === '' ? undefined : quote,
  });
  return DatasetRow.parse(
    withoutUndefined({
      id: `q-${id.slice(0, 8)}-${number}`,
      inputs: { [request.input]: question },
      expected: answer ?? request.refusal,
      references: passages.map(({ document, text }) => ({
        document: document.slice(0, 1_000),
        text: text.slice(0, 200_000),
        // If the passage does not answer the question, it is not relevant to it.
        grade: kind === 'unanswerable' ? 0 : 1,
      })),
      tags: ['generated', kind],
      split: request.split,
      label: label.level,
      unreviewed: true,
      metadata: { generated },
    }),
  );
}
