import type { ShownCollectionInfo, IndexDifference, JobReply, ReindexComparison, ReindexEstimate } from '@heddle/core';
import { countOf } from '../../../ui/format/count-of.js';
import { formatDuration } from '../../../ui/format/format-duration.js';
import { splitterText } from '../settings/splitting.js';
import { storeTitles } from '../settings/store-titles.js';

/** The estimated cost of a new index, in a sentence. */
export function estimateText({
  documents,
  passages,
  passagesNow,
  tokens,
  ms,
  sampled,
  headers,
}: ReindexEstimate): string {
  if (documents > 0 && sampled === 0 && tokens === 0)
    return `${countOf(documents, 'document')} with ${countOf(passages, 'passage')} are copied to the other store. Nothing is embedded again.`;
  if (documents === 0) return 'The collection has no documents yet: the new index costs nothing.';
  const sure = sampled === documents ? '' : 'about ';
  const time =
    ms === undefined
      ? 'The model is on another machine, so the time cannot be estimated.'
      : ms < 1_000
        ? 'Less than a second on this machine.'
        : `About ${formatDuration(ms)} on this machine.`;
  return `${countOf(documents, 'document')} become ${sure}${countOf(passages, 'passage')} (${passagesNow.toLocaleString()} now), ${sure}${countOf(tokens, 'token')} to embed. ${time}${headersText(headers)}`;
}

/** The cost of headers: one model call for each passage, with that model's time and price. */
const headersText = (headers: ReindexEstimate['headers']): string =>
  headers === undefined
    ? ''
    : ` ${headers.model} writes about ${countOf(headers.calls, 'header')} and reads about ${countOf(headers.tokens, 'token')} for them, less what it wrote before.`;

/** The progress of a job that fills a new index; undefined until the job reports it. */
export function fillOf({ progress }: JobReply): { readonly documents: number; readonly done: number } | undefined {
  const { documents, done } = progress;
  return typeof documents === 'number' && typeof done === 'number' && documents > 0 ? { documents, done } : undefined;
}

/** The properties of an index, each with its name and a function for its text. */
export const indexFacts: readonly (readonly [name: string, text: (info: ShownCollectionInfo) => string])[] = [
  ['Store', ({ store }) => storeTitles[store]],
  ['Embedding model', ({ embedding }) => embedding],
  ['Splitting', ({ splitter }) => splitterText[splitter.kind]],
  ['Passage size', ({ splitter }) => `${splitter.maxTokens.toLocaleString()} tokens`],
  ['Overlap', ({ splitter }) => `${splitter.overlapTokens} tokens`],
  [
    'Cut from',
    ({ splitter: { parentTokens } }) =>
      parentTokens === undefined ? 'The document' : `Passages of ${parentTokens.toLocaleString()} tokens`,
  ],
  ['Title and headings embedded', ({ splitter }) => (splitter.context === true ? 'Yes' : 'No')],
  ['Passage headers', ({ splitter: { header } }) => (header === undefined ? 'None' : `By ${header.model}`)],
  ['Documents', ({ documents }) => documents?.toLocaleString() ?? '–'],
  ['Passages', ({ passages }) => passages?.toLocaleString() ?? '–'],
];

export const metricTitles: Readonly<Record<IndexDifference['metric'], string>> = {
  ndcg: 'nDCG',
  recall: 'Recall',
  reciprocalRank: 'Reciprocal rank',
};

/** The result of a comparison. It names a winner only if the interval of one figure proves it and no other figure proves the opposite. */
export function comparisonText({ questions, labelled, overlap, differences = [] }: ReindexComparison): string {
  const same = `${countOf(questions, 'question')} asked; ${Math.round(overlap * 100)} % of the documents that they find are the same.`;
  if (labelled === 0) return `${same} No question has labelled documents, so the comparison names no better index.`;
  const proved = new Set(differences.map(({ verdict }) => verdict));
  if (proved.has('better') && !proved.has('worse')) return `${same} The new index is better.`;
  if (proved.has('worse') && !proved.has('better')) return `${same} The new index is worse.`;
  return `${same} It is not decided which index is better on ${countOf(labelled, 'labelled question')}.`;
}
