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

/** Names of the metrics. */
export const metricTitles: Readonly<Record<LabMetric, string>> = { ndcg: 'nDCG', recall: 'Recall', mrr: 'MRR' };

/** A metric with the documents that count. @example metricText({ metric: 'ndcg', k: 10 }) // 'nDCG@10' */
export const metricText = ({ metric, k }: { readonly metric: LabMetric; readonly k: number }): string =>
  metric === 'mrr' ? metricTitles.mrr : `${metricTitles[metric]}@${k}`;

const modeText = { dense: 'Semantic', lexical: 'Keyword', hybrid: 'Combined' } as const;
/** Ways to search, with their names. */
export const modeChoices = (['hybrid', 'dense', 'lexical'] as const).map((mode) => [mode, modeText[mode]] as const);

const returnsNames = { passage: 'Passages', parent: 'Larger passages', window: 'Windows' } as const;
/** What a search returns, with its names. */
export const returnsChoices = (['passage', 'parent', 'window'] as const).map(
  (returns) => [returns, returnsNames[returns]] as const,
);
const returnsText = {
  passage: 'returns the passage',
  parent: 'returns the larger passage',
  window: 'returns a window',
} as const;

/** Ways to rewrite a question, with their names as the node has them. */
export const rewriteNames: Readonly<Record<LabRewriteKind, string>> = {
  none: 'The question itself',
  multi: 'Several',
  hyde: 'Imagined answer',
  split: 'Parts',
  stepback: 'Step back',
};

/** How a configuration searches. @example 'Combined, weight 0.6' */
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

/** The differences of an index from that of the collection. @example '64 tokens, overlap 0' */
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

/** What 1,000 questions cost. @example '2.40 USD' */
export const costText = ({ cost }: LabScore): string =>
  cost === undefined ? '' : `${cost.perThousand.toFixed(2)} ${cost.currency}`;

/** What the best configuration costs more than the collection as it is, for 1,000 questions. */
function costDifference({ configurations }: Lab['report'], number: number): string {
  const first = configurations[0];
  const other = configurations.find((one) => one.number === number);
  const currency = other?.cost?.currency ?? first?.cost?.currency;
  if (currency === undefined) return '';
  const more = (other?.cost?.perThousand ?? 0) - (first?.cost?.perThousand ?? 0);
  return ` 1,000 questions cost ${Math.abs(more).toFixed(2)} ${currency} ${more < 0 ? 'less' : 'more'}.`;
}

/** The state of a configuration, with the reason. */
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

/** The confidence of a difference, in brackets. */
const sureText = ({ interval, p }: Pick<LabComparison, 'interval' | 'p'>): string =>
  `${interval === undefined ? '' : `95 % interval ${intervalText(interval, 'score')}, `}p ${chanceText(p)}, both corrected for all configurations`;

/** Names a winner only if interval and test prove it. */
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

/** What the questions teach about the search of the present index. It is worth applying only where it is proved on questions that it was not chosen by. */
export function learntText({ request }: Pick<Lab, 'request'>, { number, questions, ...found }: LabLearnt): string {
  const difference = `${metricText(request)} ${differenceText(found.difference, 'score')} on questions that took no part in the choice`;
  return found.verdict === 'better'
    ? `Learnt from ${questions.toLocaleString()} questions: the search of number ${number} is better with this index, ${difference}. Apply it to the search of the collection; Undo brings the search of before back.`
    : `Learnt from ${questions.toLocaleString()} questions: no other search is proved better with this index (${difference}), so it stays as it is.`;
}

/** A summary of a lab for lists. */
export function summaryText({ status, best }: LabSummary): string {
  if (status !== 'done' || best === undefined) return status === 'cancelled' ? 'stopped' : status;
  return best.verdict === 'better' ? `number ${best.number} is better` : 'no winner';
}

/** The present step of a lab, from the progress of its job. */
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
