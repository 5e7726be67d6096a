import type {
  Lab,
  LabComparison,
  LabIndex,
  LabLearnt,
  LabMetric,
  LabRewriteKind,
  LabScore,
  LabSearch,
  LabSummary,
} from '@heddle/core';
import { splitterText } from '../collections/index.js';
import { chanceText, differenceText, intervalText } from '../../ui/format/figure-text.js';

export const metricTitles: Readonly<Record<LabMetric, string>> = { ndcg: 'nDCG', recall: 'Recall', mrr: 'MRR' };

/** A metric with the number of documents that count. @example metricText({ metric: 'ndcg', k: 10 }) // 'nDCG@10' */
export const metricText = ({ metric, k }: { readonly metric: LabMetric; readonly k: number }): string =>
  metric === 'mrr' ? metricTitles.mrr : `${metricTitles[metric]}@${k}`;

const modeText = { dense: 'Semantic', lexical: 'Keyword', hybrid: 'Combined' } as const;
/** The search modes with their names, as choices of a field. */
export const modeChoices = (['hybrid', 'dense', 'lexical'] as const).map((mode) => [mode, modeText[mode]] as const);

const returnsNames = { passage: 'Passages', parent: 'Larger passages', window: 'Windows' } as const;
/** What a search can return, as choices of a field. */
export const returnsChoices = (['passage', 'parent', 'window'] as const).map(
  (returns) => [returns, returnsNames[returns]] as const,
);
const returnsText = {
  passage: 'returns the passage',
  parent: 'returns the larger passage',
  window: 'returns a window',
} as const;

/** The names of the ways to rewrite a question, as in the settings of the node. */
export const rewriteNames: Readonly<Record<LabRewriteKind, string>> = {
  none: 'The question itself',
  multi: 'Several',
  hyde: 'Imagined answer',
  split: 'Parts',
  stepback: 'Step back',
};

/** The search settings of a configuration. @example 'Combined, weight 0.6' */
export const searchText = ({
  mode,
  weight,
  titleWeight,
  diversity,
  returns,
  graphWeight,
  reranker,
  rewrite,
}: LabSearch): string =>
  [
    modeText[mode],
    ...(weight === undefined ? [] : [`weight ${weight}`]),
    ...(titleWeight === undefined ? [] : [`titles ${titleWeight}`]),
    ...(diversity === 0 ? [] : [`diversity ${diversity}`]),
    ...(returns === undefined ? [] : [returnsText[returns]]),
    ...(graphWeight === undefined ? [] : [`graph ${graphWeight}`]),
    ...(reranker === undefined ? [] : [`the best ${reranker.candidates} reranked by ${reranker.model}`]),
    ...(rewrite === undefined ? [] : [`rewritten by ${rewrite.model}: ${rewriteNames[rewrite.kind].toLowerCase()}`]),
  ].join(', ');

/** How an index differs from that of the collection. @example '64 tokens, overlap 0' */
export function indexText({ embedding, splitter }: LabIndex, now: LabIndex): string {
  const { kind, maxTokens, overlapTokens, parentTokens, context = false, header } = splitter;
  const parts = [
    ...(embedding === now.embedding ? [] : [embedding]),
    ...(kind === now.splitter.kind ? [] : [splitterText[kind].toLowerCase()]),
    ...(maxTokens === now.splitter.maxTokens ? [] : [`${maxTokens.toLocaleString()} tokens`]),
    ...(overlapTokens === now.splitter.overlapTokens ? [] : [`overlap ${overlapTokens}`]),
    ...(parentTokens === now.splitter.parentTokens
      ? []
      : [parentTokens === undefined ? 'no larger passages' : `cut from ${parentTokens.toLocaleString()} tokens`]),
    ...(context === (now.splitter.context ?? false) ? [] : [context ? 'with title and headings' : 'text only']),
    ...(header?.model === now.splitter.header?.model
      ? []
      : [header === undefined ? 'no headers' : `headers by ${header.model}`]),
  ];
  return parts.length === 0 ? 'The same index' : parts.join(', ');
}

/** The cost of 1,000 questions. @example '2.40 USD' */
export const costText = ({ cost }: LabScore): string =>
  cost === undefined ? '' : `${cost.perThousand.toFixed(2)} ${cost.currency}`;

/** How much more or less 1,000 questions cost with a configuration than with the collection as it is. */
function costDifference({ configurations }: Lab['report'], number: number): string {
  const first = configurations[0];
  const other = configurations.find((one) => one.number === number);
  const currency = other?.cost?.currency ?? first?.cost?.currency;
  if (currency === undefined) return '';
  const more = (other?.cost?.perThousand ?? 0) - (first?.cost?.perThousand ?? 0);
  return ` 1,000 questions cost ${Math.abs(more).toFixed(2)} ${currency} ${more < 0 ? 'less' : 'more'}.`;
}

export function stateText({ status, questions, number }: LabScore, { report }: Pick<Lab, 'report'>): string {
  switch (status) {
    case 'waiting':
      return 'Waiting';
    case 'running':
      return `${questions} of ${report.questions} questions`;
    case 'stopped':
      return `Stopped after ${questions} questions: proved worse than the best one`;
    case 'done':
      return report.front.includes(number) ? 'Best at its speed' : 'Done';
  }
}

/** The confidence interval and the p-value of a difference. */
const sureText = ({ interval, p }: Pick<LabComparison, 'interval' | 'p'>): string =>
  `${interval === undefined ? '' : `95 % interval ${intervalText(interval, 'score')}, `}p ${chanceText(p)}, both corrected for all configurations`;

/** The result of a lab. It names a winner only if both the interval and the test prove it. */
export function winnerText({ status, request, report }: Lab): string {
  const { best, configurations } = report;
  if (status === 'running') return 'No winner is named before all configurations have ended.';
  if (best === undefined) return 'The lab ended before the configurations could be compared.';
  if (best.verdict === 'same')
    return `No winner: none of ${configurations.length - 1} others has a higher ${metricText(request)} than the collection as it is.`;
  const difference = `${metricText(request)} ${differenceText(best.difference, 'score')}`;
  return best.verdict === 'better'
    ? `Number ${best.number} is better than the collection as it is: ${difference} (${sureText(best)}).${costDifference(report, best.number)}`
    : `No winner: number ${best.number} has the highest mean, ${difference}, but that may be chance (${sureText(best)}). More questions show smaller differences.`;
}

/**
 * The best search for the current index, as learned from the questions. It is worth applying only if other questions, which were not used
 * to choose it, prove that it is better.
 */
export function learntText({ request }: Pick<Lab, 'request'>, { number, questions, ...found }: LabLearnt): string {
  const difference = `${metricText(request)} ${differenceText(found.difference, 'score')} on questions that took no part in the choice`;
  return found.verdict === 'better'
    ? `Learnt from ${questions.toLocaleString()} questions: the search of number ${number} is better with this index, ${difference}. Apply it to the search of the collection; Undo restores the earlier search.`
    : `Learnt from ${questions.toLocaleString()} questions: no other search is proved better with this index (${difference}), so it stays as it is.`;
}

/** The result of a lab, for lists. */
export function summaryText({ status, best }: LabSummary): string {
  if (status !== 'done' || best === undefined) return status === 'cancelled' ? 'stopped' : status;
  return best.verdict === 'better' ? `number ${best.number} is better` : 'no winner';
}

/** The current step of a lab, from the progress of its job. */
export function progressOf(progress: Readonly<Record<string, unknown>>): {
  readonly share: number | undefined;
  readonly text: string;
} {
  const { done, total, building } = progress;
  const share = typeof done === 'number' && typeof total === 'number' && total > 0 ? done / total : undefined;
  const searches =
    share === undefined
      ? 'Beginning…'
      : `${Number(done).toLocaleString()} of ${Number(total).toLocaleString()} searches`;
  const { number, documents } = (building ?? {}) as { readonly number?: unknown; readonly documents?: unknown };
  return {
    share,
    text:
      typeof number === 'number' && typeof documents === 'number'
        ? `${searches} · building the index of number ${number}: ${documents.toLocaleString()} documents`
        : searches,
  };
}
