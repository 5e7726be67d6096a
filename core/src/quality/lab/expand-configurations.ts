import { HeddleError } from '../../errors/heddle-error.js';
import { withoutUndefined } from '../../values/without-undefined.js';
import type { SplitterOptions } from '../../ports/vector-store.js';
import { usualSearch, type SearchSettings } from '../../ports/collections/search-settings.js';
import {
  mostLabConfigurations,
  noLabHeader,
  noLabReranker,
  type LabConfiguration,
  type LabGrid,
  type LabIndex,
  type LabSearch,
} from './lab.js';

interface Current {
  readonly embedding: string;
  readonly splitter: SplitterOptions;
  /** The collection's search settings; if missing, the general defaults apply. */
  readonly search?: SearchSettings;
  readonly hasGraph?: boolean;
}

const usualCandidates = 30;

function searchNow({
  mode = usualSearch.mode,
  weight,
  titleWeight,
  diversity = 0,
  returns,
  graphWeight,
  reranker,
}: SearchSettings): LabSearch {
  const rerankerNow = reranker && { model: reranker.model, candidates: reranker.candidates };
  return {
    mode,
    weight: mode === 'hybrid' ? weight : undefined,
    titleWeight: mode === 'dense' ? undefined : titleWeight,
    diversity,
    returns,
    graphWeight: graphWeight === 0 ? undefined : graphWeight,
    reranker: rerankerNow,
    // A collection has no setting for rewriting.
    rewrite: undefined,
  };
}

/**
 * Expands a grid to all combinations without repeats, grouped by index. The first is the collection as it is. Errors: `lab_invalid` if
 * there is nothing to compare, there are too many combinations, or the grid sets graph weights for a collection without a knowledge graph.
 */
export function expandConfigurations(
  { embedding, splitter, search = {}, hasGraph = false }: Current,
  grid: LabGrid,
): readonly LabConfiguration[] {
  if (!hasGraph && grid.graphWeight?.some((weight) => weight > 0) === true)
    throw new HeddleError(
      'lab_invalid',
      'The grid has weights of a knowledge graph, and the collection has none: set a model for its graph first, or leave `graphWeight` out.',
    );
  const { kind, maxTokens, overlapTokens, parentTokens, context = false, header } = splitter;
  // All configurations have the same order of members, so that equal ones have equal JSON.
  const now: LabIndex = { embedding, splitter: { kind, maxTokens, overlapTokens, parentTokens, context, header } };
  const indexes = distinct([now, ...indexesOf(now, grid)]);
  const usual = searchNow(hasGraph ? search : { ...search, graphWeight: undefined });
  const searches = distinct(searchesOf(usual, grid));
  const searchesWithoutGraph = distinct(searches.map((one) => ({ ...one, graphWeight: undefined })));
  const pairs = [
    { index: now, search: usual },
    ...indexes.flatMap((index, at) =>
      // Only the current index, which comes first, has a graph.
      (at === 0 ? searches : searchesWithoutGraph).map((search) => ({ index, search })),
    ),
  ];
  const found = distinct(pairs).map((pair, at) => ({ number: at + 1, ...pair }));
  if (found.length < 2)
    throw new HeddleError('lab_invalid', 'The grid has no value that differs from the collection as it is: add some.');
  if (found.length > mostLabConfigurations)
    throw new HeddleError(
      'lab_invalid',
      `The grid has ${found.length} configurations, and a lab takes ${mostLabConfigurations} at most: leave values out.`,
    );
  return found;
}

function indexesOf(now: LabIndex, grid: LabGrid): readonly LabIndex[] {
  const { splitter } = now;
  const embeddings = grid.embedding ?? [now.embedding];
  const overlaps = grid.overlapTokens ?? [splitter.overlapTokens];
  const headers = headersOf(splitter, grid);
  return embeddings.flatMap((embedding) =>
    (grid.kind ?? [splitter.kind]).flatMap((kind) =>
      (grid.maxTokens ?? [splitter.maxTokens]).flatMap((maxTokens) =>
        overlaps
          // A passage must be longer than its overlap.
          .filter((overlapTokens) => overlapTokens < maxTokens)
          .flatMap((overlapTokens) =>
            (grid.parentTokens ?? [splitter.parentTokens ?? 0])
              // A parent passage must be larger than a passage.
              .filter((parentTokens) => parentTokens === 0 || parentTokens > maxTokens)
              .flatMap((parentTokens) =>
                (grid.context ?? [splitter.context]).flatMap((context) =>
                  headers.map((header) => ({
                    embedding,
                    splitter: {
                      kind,
                      maxTokens,
                      overlapTokens,
                      parentTokens: parentTokens === 0 ? undefined : parentTokens,
                      context,
                      header,
                    },
                  })),
                ),
              ),
          ),
      ),
    ),
  );
}

/** Headers by other models use the instructions of the collection. */
function headersOf({ header: now }: SplitterOptions, { header }: LabGrid): readonly SplitterOptions['header'][] {
  if (header === undefined) return [now];
  const { instructions } = now ?? {};
  return header.map((model) => (model === noLabHeader ? undefined : withoutUndefined({ model, instructions })));
}

function searchesOf(now: LabSearch, grid: LabGrid): readonly LabSearch[] {
  const rerankers = rerankersOf(now, grid);
  const rewrites = rewritesOf(grid);
  const graphWeights = grid.graphWeight?.map((one) => (one === 0 ? undefined : one)) ?? [now.graphWeight];
  return (grid.mode ?? [now.mode]).flatMap((mode) =>
    // Only a hybrid search has a weight.
    (mode === 'hybrid' ? (grid.weight ?? [now.weight]) : [undefined]).flatMap((weight) =>
      // Semantic search does not use words.
      (mode === 'dense' ? [undefined] : (grid.titleWeight ?? [now.titleWeight])).flatMap((titleWeight) =>
        (grid.diversity ?? [now.diversity]).flatMap((diversity) =>
          (grid.returns ?? [now.returns]).flatMap((returns) =>
            graphWeights.flatMap((graphWeight) =>
              rerankers.flatMap((reranker) =>
                rewrites.map((rewrite) => ({
                  mode,
                  weight,
                  titleWeight,
                  diversity,
                  returns,
                  graphWeight,
                  reranker,
                  rewrite,
                })),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

function rerankersOf(now: LabSearch, { reranker, candidates }: LabGrid): readonly LabSearch['reranker'][] {
  const models = reranker ?? [now.reranker?.model ?? noLabReranker];
  return models.flatMap((model) =>
    model === noLabReranker
      ? [undefined]
      : (candidates ?? [now.reranker?.candidates ?? usualCandidates]).map((count) => ({ model, candidates: count })),
  );
}

/** Errors: `lab_invalid` for a kind without a model, and for a model without a kind. */
function rewritesOf({ rewrite = ['none'], rewriter = [] }: LabGrid): readonly LabSearch['rewrite'][] {
  const isRewritten = rewrite.some((kind) => kind !== 'none');
  if (isRewritten && rewriter.length === 0)
    throw new HeddleError(
      'lab_invalid',
      'Questions are rewritten by a language model: name one or more as `rewriter`.',
    );
  if (!isRewritten && rewriter.length > 0)
    throw new HeddleError(
      'lab_invalid',
      'The grid names models that rewrite questions, and no kind of rewriting: add kinds as `rewrite`, such as multi.',
    );
  return rewrite.flatMap((kind) => (kind === 'none' ? [undefined] : rewriter.map((model) => ({ kind, model }))));
}

const distinct = <Value>(values: readonly Value[]): readonly Value[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];
