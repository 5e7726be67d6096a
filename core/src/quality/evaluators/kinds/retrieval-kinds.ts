import { z } from 'zod';
import { Citation } from '../../../values/values.js';
import { fMeasure } from '../../metrics/f-measure.js';
import { ndcgAt, recallAt, reciprocalRank } from '../../metrics/index.js';
import { defineEvaluator, type EvaluatorDefinition, type Judged } from '../define-evaluator.js';

/** The best grade of each reference document. */
function relevanceOf({ subject }: Judged): ReadonlyMap<string, number> {
  const grades = new Map<string, number>();
  for (const { document, grade } of subject.references ?? [])
    grades.set(document, Math.max(grade, grades.get(document) ?? -Infinity));
  return grades;
}

const retrieval = defineEvaluator({
  kind: 'retrieval',
  title: 'Retrieval',
  about: 'Whether the run retrieved the reference documents, and how high: recall@k, nDCG@k and MRR.',
  source: 'Järvelin and Kekäläinen, 2002; Voorhees, 1999; like trec_eval.',
  needs: ['references', 'run'],
  config: z.strictObject({
    k: z.int().min(1).max(1_000).default(5).meta({ title: 'k', description: 'The first k documents count.' }),
  }),
  metrics: ({ k }) => [
    { name: 'recall', title: `Recall@${k}`, better: 'higher', unit: 'score' },
    { name: 'ndcg', title: `nDCG@${k}`, better: 'higher', unit: 'score' },
    { name: 'mrr', title: 'MRR', better: 'higher', unit: 'score' },
  ],
  evaluate: (judged, { k }) => {
    const relevance = relevanceOf(judged);
    const ranked = judged.subject.passages.map(({ document }) => document);
    const at = ranked.findIndex((document) => (relevance.get(document) ?? 0) > 0);
    const explanation =
      at === -1
        ? `None of the ${ranked.length} passages is from a reference document.`
        : `The first passage from a reference document has rank ${at + 1} of ${ranked.length}.`;
    const details = { retrieved: [...new Set(ranked)].slice(0, 20), references: [...relevance.keys()].slice(0, 20) };
    return [
      { metric: 'recall', value: recallAt(k, ranked, relevance), explanation, details },
      { metric: 'ndcg', value: ndcgAt(k, ranked, relevance), explanation },
      { metric: 'mrr', value: reciprocalRank(ranked, relevance), explanation },
    ];
  },
});

function citationsOf({ subject }: Judged): readonly Citation[] {
  return Object.values(subject.outputs).flatMap((value) => {
    if (!Array.isArray(value)) return [];
    return (value as readonly unknown[]).flatMap((one) => {
      const parsed = Citation.safeParse(one);
      return parsed.success ? [parsed.data] : [];
    });
  });
}

const citations = defineEvaluator({
  kind: 'citations',
  title: 'Citations',
  about:
    'Whether the answer cites the reference documents: precision and recall. A quote that is in no retrieved passage is wrong.',
  source: 'Citation precision and recall of ALCE (Gao and others, 2023), over documents in place of statements.',
  needs: ['references', 'run'],
  config: z.strictObject({}),
  metrics: () => [
    { name: 'precision', title: 'Citation precision', better: 'higher', unit: 'score' },
    { name: 'recall', title: 'Citation recall', better: 'higher', unit: 'score' },
  ],
  evaluate: (judged) => {
    const relevance = relevanceOf(judged);
    const wanted = new Set([...relevance].filter(([, grade]) => grade > 0).map(([document]) => document));
    const cited = citationsOf(judged);
    const { passages } = judged.subject;
    const isInvented = ({ document, quote }: Citation): boolean =>
      passages.length > 0 && !passages.some((passage) => passage.document === document && passage.text.includes(quote));
    const invented = new Set(cited.filter(isInvented).map(({ document }) => document));
    const documents = [...new Set(cited.map(({ document }) => document))];
    const right = documents.filter((document) => wanted.has(document) && !invented.has(document));
    const { precision, recall } = fMeasure(right.length, documents.length, wanted.size);
    const explanation =
      documents.length === 0
        ? 'The answer cites nothing.'
        : `${right.length} of ${documents.length} cited documents are right; ${wanted.size} should be cited.`;
    const details = { cited: documents.slice(0, 20), invented: [...invented].slice(0, 20) };
    return [
      { metric: 'precision', value: precision, explanation, details },
      { metric: 'recall', value: recall, explanation },
    ];
  },
});

/** Evaluators for retrieved and cited passages. */
export const retrievalKinds: readonly EvaluatorDefinition[] = [retrieval, citations];
