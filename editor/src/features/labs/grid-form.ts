import {
  expandConfigurations,
  HeddleError,
  LabGrid,
  LabRequest,
  type CollectionInfo,
  type LabMetric,
  type LabRewriteKind,
  type SearchSettings,
  type SplitterOptions,
} from '@heddle/core';
import { readForm } from '../../ui/forms/read-form.js';

/** The fields of a new lab, as the form holds them. */
export interface LabForm {
  readonly dataset: string;
  readonly collection: string;
  readonly embedding: readonly string[];
  readonly kind: readonly SplitterOptions['kind'][];
  /** Numbers separated by commas, as in the text fields below. */
  readonly maxTokens: string;
  readonly overlapTokens: string;
  readonly parentTokens: string;
  readonly context: readonly ('with' | 'without')[];
  /** Models that write headers; `none` stands for an index without headers. */
  readonly header: readonly string[];
  readonly mode: readonly ('hybrid' | 'dense' | 'lexical')[];
  readonly weight: string;
  readonly titleWeight: string;
  readonly diversity: string;
  readonly graphWeight: string;
  readonly returns: readonly ('passage' | 'parent' | 'window')[];
  /** Rerankers; `none` stands for a search without one. */
  readonly reranker: readonly string[];
  readonly candidates: string;
  readonly rewrite: readonly LabRewriteKind[];
  readonly rewriter: readonly string[];
  readonly maxCost: number | undefined;
  readonly metric: LabMetric;
  readonly k: number | undefined;
  readonly questions: number | undefined;
  readonly split: string;
  readonly race: boolean;
}

/** A new lab compares ways to search, which needs no new index. */
export const emptyForm: LabForm = {
  dataset: '',
  collection: '',
  embedding: [],
  kind: [],
  maxTokens: '',
  overlapTokens: '',
  parentTokens: '',
  context: [],
  header: [],
  mode: ['hybrid', 'dense', 'lexical'],
  weight: '',
  titleWeight: '',
  diversity: '',
  graphWeight: '',
  returns: [],
  reranker: [],
  candidates: '',
  rewrite: [],
  rewriter: [],
  maxCost: undefined,
  metric: 'ndcg',
  k: 10,
  questions: 500,
  split: '',
  race: true,
};

const problems = {
  maxTokens: 'Passage sizes are whole numbers from 16 to 8,192, with commas between them.',
  overlapTokens: 'Overlaps are whole numbers from 0 to 1,024, with commas between them.',
  parentTokens: 'Sizes of larger passages are whole numbers from 32 to 8,192, or 0 for none, with commas between them.',
  weight: 'Weights are numbers from 0 to 1, with commas between them.',
  titleWeight: 'Weights of titles are numbers from 0 to 10, with commas between them.',
  diversity: 'Diversities are numbers from 0 to 1, with commas between them.',
  graphWeight: 'Weights of the knowledge graph are numbers from 0 to 1, with commas between them.',
  candidates: 'Passages to rerank are whole numbers from 1 to 200, with commas between them.',
};

/** The grid of a form. An empty field keeps the setting of the collection. Throws an ApiError `bad_request`. */
export function gridOf(form: LabForm): LabGrid {
  return readForm(
    LabGrid,
    {
      embedding: listOf(form.embedding),
      kind: listOf(form.kind),
      maxTokens: numbersOf(form.maxTokens),
      overlapTokens: numbersOf(form.overlapTokens),
      parentTokens: numbersOf(form.parentTokens),
      context: listOf(form.context.map((one) => one === 'with')),
      header: listOf(form.header),
      mode: listOf(form.mode),
      weight: numbersOf(form.weight),
      titleWeight: numbersOf(form.titleWeight),
      diversity: numbersOf(form.diversity),
      graphWeight: numbersOf(form.graphWeight),
      returns: listOf(form.returns),
      reranker: listOf(form.reranker),
      candidates: numbersOf(form.candidates),
      rewrite: listOf(form.rewrite),
      rewriter: listOf(form.rewriter),
    },
    problems,
  );
}

/** The request of a form. Throws an ApiError `bad_request`. */
export function requestOf(form: LabForm): LabRequest {
  const { collection, metric, k, questions, race, maxCost } = form;
  const split = form.split.trim();
  const asked = {
    collection,
    grid: gridOf(form),
    metric,
    k,
    questions,
    race,
    maxCost,
    ...(split === '' ? {} : { split }),
  };
  return readForm(LabRequest, asked, {
    k: 'The documents that count are a whole number from 1 to 100.',
    maxCost: 'The limit of the cost is a number above 0.',
    questions: 'The number of questions is a whole number from 5 to 5,000.',
  });
}

/** The number of configurations and new indexes of a lab, or why it cannot start. */
export function sizeOf(
  form: LabForm,
  info: Pick<CollectionInfo, 'embedding' | 'splitter'>,
  search: SearchSettings = {},
  hasGraph = false,
): { readonly configurations: number; readonly indexes: number } | { readonly problem: string } {
  const isRewritten = form.rewrite.some((kind) => kind !== 'none');
  if (isRewritten && form.rewriter.length === 0) return { problem: 'Choose a model that rewrites the questions.' };
  if (!isRewritten && form.rewriter.length > 0) return { problem: 'Choose how the questions are rewritten.' };
  try {
    const all = expandConfigurations({ ...info, search, hasGraph }, gridOf(form));
    const indexes = new Set(all.map(({ index }) => JSON.stringify(index))).size - 1;
    return { configurations: all.length, indexes };
  } catch (error) {
    if (error instanceof HeddleError || error instanceof Error) return { problem: error.message };
    throw error;
  }
}

const listOf = <Value>(values: readonly Value[]): readonly Value[] | undefined =>
  values.length === 0 ? undefined : values;

/** The numbers of a field. A part that is not a number stays a text, so that the schema refuses it. */
function numbersOf(text: string): readonly (number | string)[] | undefined {
  const parts = text
    .split(/[,;\s]+/)
    .filter((part) => part !== '')
    .map((part) => (Number.isNaN(Number(part)) ? part : Number(part)));
  return listOf(parts);
}
