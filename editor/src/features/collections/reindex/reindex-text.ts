import type { CollectionInfo, IndexDifference, JobReply, ReindexComparison, ReindexEstimate } from '@heddle/core';
import { formatDuration } from '../../../ui/format/format-duration.js';
import { splitterText } from '../settings/splitting.js';

const count = (number: number, word: string): string =>
  number === 1 ? `1 ${word}` : `${number.toLocaleString()} ${word}s`;

/** What a new index would cost, in a sentence. */
export function estimateText({ documents, passages, passagesNow, tokens, ms, sampled }: ReindexEstimate): string {
  if (documents === 0) return 'The collection has no documents yet: the new index costs nothing.';
  const sure = sampled === documents ? '' : 'about ';
  const time =
    ms === undefined
      ? 'The model is on another machine: how long that takes is not known before.'
      : ms < 1_000
        ? 'Less than a second on this machine.'
        : `About ${formatDuration(ms)} on this machine.`;
  return `${count(documents, 'document')} become ${sure}${count(passages, 'passage')} (${passagesNow.toLocaleString()} now), ${sure}${count(tokens, 'token')} to embed. ${time}`;
}

/** How full a new index is, from its job. Undefined where the job has not said it yet. */
export function fillOf({ progress }: JobReply): { readonly documents: number; readonly done: number } | undefined {
  const { documents, done } = progress;
  return typeof documents === 'number' && typeof done === 'number' && documents > 0 ? { documents, done } : undefined;
}

/** A property of an index for people, with its text. */
export const indexFacts: readonly (readonly [name: string, text: (info: CollectionInfo) => string])[] = [
  ['Embedding model', ({ embedding }) => embedding],
  ['Splitting', ({ splitter }) => splitterText[splitter.kind]],
  ['Passage size', ({ splitter }) => `${splitter.maxTokens.toLocaleString()} tokens`],
  ['Overlap', ({ splitter }) => `${splitter.overlapTokens} tokens`],
  ['Title and headings embedded', ({ splitter }) => (splitter.context === true ? 'Yes' : 'No')],
  ['Documents', ({ documents }) => documents.toLocaleString()],
  ['Passages', ({ passages }) => passages.toLocaleString()],
];

/** Names of the figures of a comparison. */
export const metricTitles: Readonly<Record<IndexDifference['metric'], string>> = {
  ndcg: 'nDCG',
  recall: 'Recall',
  reciprocalRank: 'Reciprocal rank',
};

/** What a comparison says. A winner is named only where the interval of a figure proves it, and no other one proves the opposite. */
export function comparisonText({ questions, labelled, overlap, differences = [] }: ReindexComparison): string {
  const same = `${count(questions, 'question')} asked; ${Math.round(overlap * 100)} % of the documents that they find are the same.`;
  if (labelled === 0) return `${same} Nobody labelled which document is right, so neither index is said to be better.`;
  const proved = new Set(differences.map(({ verdict }) => verdict));
  if (proved.has('better') && !proved.has('worse')) return `${same} The new index is better.`;
  if (proved.has('worse') && !proved.has('better')) return `${same} The new index is worse.`;
  return `${same} It is not decided which index is better on ${count(labelled, 'labelled question')}.`;
}
