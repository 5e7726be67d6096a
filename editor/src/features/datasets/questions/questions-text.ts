import {
  type NegativesReport,
  GeneratedBy,
  QuestionsReport,
  type QuestionFlag,
  type QuestionKind,
  type StoredDatasetRow,
} from '@heddle/core';
import { formatCost } from '../../../ui/format/format-cost.js';
import type { Segment } from '../../../ui/markdown/mark-tokens.js';
import { countOf } from '../../../ui/format/count-of.js';

export const kindTitles: Readonly<Record<QuestionKind, string>> = {
  factual: 'Answer in one passage',
  'multi-passage': 'Answer needs two passages',
  unanswerable: 'No answer in the passage',
};

export const flagTexts: Readonly<Record<QuestionFlag, string>> = {
  'not-grounded': 'The passage does not support the answer.',
  'not-found': 'A search with the question does not find its passage.',
  'not-quoted': 'The passage does not contain the text that the model quotes.',
  answered: 'The passage answers the question, and should not.',
};

/** How a model wrote a row; undefined for other rows. */
export function generatedBy({ metadata }: StoredDatasetRow): GeneratedBy | undefined {
  return GeneratedBy.safeParse(metadata?.['generated']).data;
}

/** The report of a job as sentences. @example reportText({ written: 3, … }) // '3 questions written · 1 to check twice' */
export function reportText(value: unknown): string {
  const report = QuestionsReport.safeParse(value).data;
  if (report === undefined) return '';
  const { written, flagged, duplicates, unreadable, refused, failed, cost } = report;
  const parts: readonly (readonly [number, string])[] = [
    [flagged, `${flagged} to check twice`],
    [duplicates, `${countOf(duplicates, 'duplicate')} dropped`],
    [unreadable, `${unreadable} unreadable`],
    [refused, `${countOf(refused, 'passage')} above the clearance`],
    [failed, `${failed} failed`],
  ];
  const others = parts.flatMap(([count, text]) => (count === 0 ? [] : [text]));
  return [`${countOf(written, 'question')} written`, ...others, ...(cost === 0 ? [] : [formatCost(cost)])].join(' · ');
}

/** The report of a search for hard negatives as sentences. @example negativesText(undefined) // 'Choosing questions…' */
export function negativesText(report: NegativesReport | undefined): string {
  if (report === undefined) return 'Choosing questions…';
  const { done, planned, proposed, relevant, refused, failed, cost } = report;
  const parts: readonly (readonly [number, string])[] = [
    [relevant, `${relevant} as relevant`],
    [refused, `${countOf(refused, 'passage')} above the clearance`],
    [failed, `${failed} failed`],
  ];
  const others = parts.flatMap(([count, text]) => (count === 0 ? [] : [text]));
  const searched = `${done} of ${countOf(planned, 'question')} searched`;
  return [
    searched,
    `${countOf(proposed, 'hard negative')} proposed`,
    ...others,
    ...(cost === 0 ? [] : [formatCost(cost)]),
  ].join(' · ');
}

/** A passage with its quote marked. Spaces and punctuation between the quote's words may differ from those of the passage. */
export function quoteParts(text: string, quote: string | undefined): readonly Segment[] {
  const parts = quote?.match(/[\p{L}\p{N}]+/gu) ?? [];
  const whole = [{ text, isMarked: false }];
  if (parts.length === 0 || parts.length > 300) return whole;
  const found = new RegExp(parts.join('[^\\p{L}\\p{N}]+'), 'iu').exec(text);
  if (found === null) return whole;
  const end = found.index + found[0].length;
  return [
    { text: text.slice(0, found.index), isMarked: false },
    { text: found[0], isMarked: true },
    { text: text.slice(end), isMarked: false },
  ].filter((part) => part.text !== '');
}
