import type {
  RelevanceCalibration,
  CollectionInfo,
  Filter,
  Passage,
  RelevanceModel,
  SearchRequest,
} from '@heddle/core';
import { inSlices, yieldToEventLoop } from '../../event-loop/in-slices.js';
import type { CollectionContext } from '../collection-context.js';
import { fitModel, relevanceOf, type Evidence, type Group } from './fit-model.js';
import { otherTopics } from './other-topics.js';
import { createChance, samplePassages, sampleSentences, sharesOf } from './sample-passages.js';
import { coverageOf, termsByDocument, termsOfQuestion, type TermShares } from './terms.js';

/** The most sentences that are used as questions. */
const mostSentences = 150;
/** Passages that a question is compared with. */
export const comparedPassages = 5;
/** The share of the terms that a question keeps: people use other words than the documents for about three of ten terms. */
const keptTerms = 0.7;
/** How often each sentence is asked, each time with other terms missing. */
const variants = 2;
/** The weight of questions about the collection's own topic, among all questions without an answer. */
const nearShare = 0.3;
/** The share of answerable questions that the threshold may refuse. */
const mostLost = 0.05;
const embedBatch = 16;

type Mode = SearchRequest['mode'];

/** A question of the calibration, and the document that is excluded from its search. */
interface Asked {
  readonly text: string;
  readonly without?: string;
}

/**
 * Computes the threshold of a collection from its own passages. Sentences serve as questions: once against the whole collection, as
 * questions with an answer, and once without their own document, as questions about the topic without an answer. Questions about other
 * topics are asked too. A logistic model of semantic similarity and term coverage separates them.
 */
export async function calibrate(
  context: CollectionContext,
  info: CollectionInfo,
  kind: 'semantic' | 'lexical',
  signal?: AbortSignal,
): Promise<RelevanceCalibration> {
  const passages = await samplePassages(context.inner, signal);
  const shares = sharesOf(passages);
  const chance = createChance();
  const sentences = sampleSentences(passages, shares, mostSentences, chance);
  const ask = await createAsking(context, info, kind, shares, signal);
  const full = await ask(sentences.map(({ text }) => ({ text })));
  const near = await ask(sentences.map(({ text, document }) => ({ text, without: document })));
  const others = await ask(otherTopics.map((text) => ({ text })));
  const found: Found = {
    answered: full.flatMap((one) => Array.from({ length: variants }, () => one && inOtherWords(one, shares, chance))),
    near: near.map(evidenceIn(shares)),
    others: others.map(evidenceIn(shares)),
  };
  return {
    version: 1,
    time: context.now(),
    index: info.createdAt,
    passages: info.passages,
    ...shares,
    ...(kind === 'lexical'
      ? { lexical: await inSlices(modelOf(found, ['coverage'])) }
      : {
          combined: await inSlices(modelOf(found, ['dense', 'coverage'])),
          dense: await inSlices(modelOf(found, ['dense'])),
        }),
  };
}

interface Reply {
  readonly terms: readonly (readonly string[])[];
  readonly passages: readonly ReadonlySet<string>[];
  readonly dense: number;
}

/** Undefined if nothing was found, as in a collection with a single document. */
type Found = { readonly [Name in 'answered' | 'near' | 'others']: readonly (Evidence | undefined)[] };

const evidenceIn =
  (shares: TermShares) =>
  (reply: Reply | undefined): Evidence | undefined =>
    reply && { dense: reply.dense, coverage: coverageOf(reply.terms, reply.passages, shares) };

/** The evidence of a question as if it used other words for some of its terms. */
function inOtherWords({ terms, passages, dense }: Reply, shares: TermShares, chance: () => number): Evidence {
  // A dropped term keeps its weight in the question, but no passage contains it any more.
  const held = passages.map((passage) => new Set(passage));
  for (const term of terms)
    if (chance() >= keptTerms) for (const passage of held) for (const form of term) passage.delete(form);
  return { dense, coverage: coverageOf(terms, held, shares) };
}

async function createAsking(
  context: CollectionContext,
  info: CollectionInfo,
  kind: 'semantic' | 'lexical',
  { languages }: TermShares,
  signal: AbortSignal | undefined,
): Promise<(questions: readonly Asked[]) => Promise<readonly (Reply | undefined)[]>> {
  const mode: Mode = kind === 'lexical' ? 'lexical' : 'hybrid';
  const embedder = kind === 'lexical' ? undefined : await context.embedder(info);
  const vectors = new Map<string, Float32Array | undefined>();
  const embed = async (texts: readonly string[]): Promise<void> => {
    if (embedder === undefined) return;
    const missing = [...new Set(texts)].filter((text) => !vectors.has(text));
    for (let start = 0; start < missing.length; start += embedBatch) {
      const batch = missing.slice(start, start + embedBatch);
      const given = await embedder.embed(batch, { kind: 'query', signal });
      batch.forEach((text, at) => vectors.set(text, given[at]));
    }
  };
  return async (questions) => {
    await embed(questions.map(({ text }) => text));
    const replies: (Reply | undefined)[] = [];
    for (const { text, without } of questions) {
      signal?.throwIfAborted();
      await yieldToEventLoop();
      const filter: Filter | undefined =
        without === undefined ? undefined : { op: 'not', filter: { op: 'eq', field: 'document', value: without } };
      const vector = vectors.get(text);
      const passages = await context.inner.search({
        mode,
        k: comparedPassages,
        text,
        vector,
        filter,
        signal,
      });
      const isAlone = passages.length === 0 && without !== undefined;
      replies.push(
        isAlone
          ? undefined
          : {
              terms: termsOfQuestion(text, languages),
              passages: termsByDocument(passages, languages),
              dense: bestSimilarity(passages),
            },
      );
    }
    return replies;
  };
}

/** The best semantic similarity of the passages; 0 without passages. */
export const bestSimilarity = (passages: readonly Passage[]): number =>
  Math.max(0, ...passages.map(({ scores }) => scores?.dense ?? 0));

function* modelOf(found: Found, uses: readonly (keyof Evidence)[]): Generator<void, RelevanceModel> {
  const isThere = (one: Evidence | undefined): one is Evidence => one !== undefined;
  const [answered, near, others] = [found.answered, found.near, found.others].map((group) => group.filter(isThere));
  const groups: readonly Group[] = [
    { questions: answered ?? [], isAnswered: true, share: 1 },
    { questions: near ?? [], isAnswered: false, share: nearShare },
    { questions: others ?? [], isAnswered: false, share: near?.length === 0 ? 1 : 1 - nearShare },
  ];
  yield;
  const weights = fitModel(groups, uses);
  yield;
  const values = (group: Group | undefined): readonly number[] =>
    (group?.questions ?? []).map((question) => rounded(relevanceOf(weights, question))).sort((one, two) => one - two);
  const [good, close, far] = [groups[0], groups[1], groups[2]].map(values);
  const lowest = good?.[Math.floor((good?.length ?? 0) * mostLost)] ?? 0.5;
  return {
    ...weights,
    minimum: Math.min(0.5, lowest),
    answered: [...(good ?? [])],
    near: [...(close ?? [])],
    others: [...(far ?? [])],
  };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
