import {
  HeddleError,
  SearchRequest,
  usualSearch,
  withoutUndefined,
  type CollectionInfo,
  type GraphStore,
  type Passage,
  type SearchOptions,
  type SearchSettings,
  type VectorQuery,
} from '@heddle/core';
import type { z } from 'zod';
import { untilAborted } from '../../child/until-aborted.js';
import { inSlices } from '../../event-loop/in-slices.js';
import type { CollectionContext } from '../collection-context.js';
import { labelled } from '../labelled.js';
import { comparedPassages } from '../relevance/calibrate.js';
import type { Relevance } from '../relevance/stored-relevance.js';
import { readGraphOptions } from '../graph/graph-options.js';
import { linkedCandidates, linkPassages } from './links/link-passages.js';
import { candidatesOf, isReordered, reorder } from './reorder.js';
import { rerank } from './rerank.js';
import { partsOfParent, widen, type Returns } from './widen.js';

/** The longest query, in characters. Embedders cut longer ones, and full-text search would only become slower. */
const longestQuery = 4000;

/** A request with its defaults filled in. */
type WholeRequest = SearchRequest & Required<Pick<SearchRequest, keyof typeof usualSearch>>;

/**
 * Searches a collection: embeds the query if the mode needs it, drops passages below the threshold, reranks, reorders, and adds neighbours.
 */
export async function search(
  context: CollectionContext,
  input: z.input<typeof SearchRequest>,
  {
    signal,
    onUnranked,
    relevance,
    settings = {},
    readers,
  }: SearchOptions & {
    readonly relevance?: Relevance;
    readonly settings?: SearchSettings;
    /** The names of the reader; without them, everything is searched. */
    readonly readers?: readonly string[] | undefined;
  } = {},
): Promise<readonly Passage[]> {
  const given = parseRequest(input);
  const reranker = given.rerank ? settings.reranker : undefined;
  const request: WholeRequest = { ...usualSearch, ...withoutUndefined(settings), ...withoutUndefined(given) };
  const text = textOf(request, context);
  const info = await untilAborted(context.inner.info(), signal);
  const vector = request.mode === 'lexical' ? undefined : await embedQuery(context, info, text, signal);
  signal?.throwIfAborted();
  const { mode, weight, titleWeight, filter } = request;
  const returns = request.returns ?? (info.splitter.parentTokens === undefined ? 'passage' : 'parent');
  // More candidates than results, because several of the best passages may belong to one parent or window.
  const k = returns === 'passage' ? request.k : candidatesOf(request);
  const wanted = Math.max(isReordered(request) ? candidatesOf({ k }) : k, reranker?.candidates ?? 0);
  const store = await graphOf(context, request);
  const candidates = store === undefined ? wanted : Math.max(wanted, linkedCandidates);
  const query: VectorQuery = withoutUndefined({
    mode,
    k: request.relevance === 'off' ? candidates : Math.max(candidates, comparedPassages),
    vector,
    text: mode === 'dense' ? undefined : text,
    weight,
    titleWeight,
    filter,
    readers,
    signal,
  });
  const nearest = await context.inner.search(query);
  await refuseExchanged(context, info);
  const found = await judged(nearest, request, text, relevance, signal);
  const near = found.slice(0, candidates).filter((passage) => isAbove(passage, request));
  const linked = await linkedBy(context, near, { store, request, text, readers, signal });
  const above = linked.slice(0, wanted);
  const ranked =
    reranker === undefined
      ? above
      : await untilAborted(
          rerank(text, above, info, { setting: reranker, open: context.reranker, signal, onUnranked }),
          signal,
        );
  const best = isReordered(request)
    ? await inSlices(reorder(ranked, { ...request, k }, context.now()))
    : ranked.slice(0, k);
  const passages = await untilAborted(around(context, best, { request, returns, splitter: info.splitter }), signal);
  return passages.map((passage) => labelled(passage, info));
}

/** The graph store, if the search uses a graph and the collection has one. */
async function graphOf(
  { inner, graphs }: CollectionContext,
  { graphWeight = 0 }: WholeRequest,
): Promise<GraphStore | undefined> {
  if (graphWeight === 0 || graphs === undefined) return undefined;
  return (await readGraphOptions(inner)) === undefined ? undefined : graphs.store;
}

/** Adds the passages that the graph links to those that were found. */
async function linkedBy(
  { inner }: CollectionContext,
  found: readonly Passage[],
  { store, request, text, readers, signal }: Linked,
): Promise<readonly Passage[]> {
  if (store === undefined) return found;
  const relevance = found[0]?.scores?.relevance;
  const linking = linkPassages(found, {
    inner,
    store,
    readers,
    signal,
    question: text,
    collection: inner.name,
    filter: request.filter,
    weight: request.graphWeight ?? 0,
    addsPassages: request.threshold === undefined,
  });
  const linked = await untilAborted(linking, signal);
  if (relevance === undefined) return linked;
  return linked.map((one) => ({ ...one, scores: { ...one.scores, relevance } }));
}

interface Linked {
  /** Undefined: no links are added. */
  readonly store: GraphStore | undefined;
  readonly request: WholeRequest;
  readonly text: string;
  readonly readers: readonly string[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The query text. Errors: `query_empty`. */
function textOf({ query }: WholeRequest, { inner }: CollectionContext): string {
  const text = query.slice(0, longestQuery);
  if (text.trim() === '')
    throw new HeddleError('query_empty', `The query for collection '${inner.name}' is empty: enter a query.`);
  return text;
}

/** Replaces or extends the results by the text around them, as the request says. */
function around(
  context: CollectionContext,
  best: readonly Passage[],
  { request: { k, neighbours }, returns, splitter }: Around,
): Promise<readonly Passage[]> {
  if (returns === 'window')
    return widen(context, best, { returns, k, around: neighbours === 0 ? usualWindow : neighbours });
  if (returns === 'parent') return widen(context, best, { returns, k, around: partsOfParent(splitter) });
  return neighbours === 0 ? Promise.resolve(best) : withNeighbours(context, best, neighbours);
}

interface Around {
  readonly request: WholeRequest;
  readonly returns: Returns;
  readonly splitter: CollectionInfo['splitter'];
}

/** Passages on each side of a window, by default. */
const usualWindow = 2;

/**
 * Refuses to search if another index has begun to serve since the question was embedded, because their vectors are not comparable. The
 * caller repeats the search.
 */
async function refuseExchanged(context: CollectionContext, { name, createdAt }: CollectionInfo): Promise<void> {
  if ((await context.inner.info()).createdAt === createdAt) return;
  throw new HeddleError(
    'collection_dimensions',
    `Collection '${name}' got another index while it was searched: search again.`,
    { retryable: true },
  );
}

/** Returns no passages if the collection does not answer the question; otherwise the passages with the relevance of the question. */
async function judged(
  found: readonly Passage[],
  { mode, relevance: wanted }: WholeRequest,
  question: string,
  relevance: Relevance | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly Passage[]> {
  if (wanted === 'off' || relevance === undefined || found.length === 0) return found;
  const verdict = await untilAborted(
    relevance.judge(question, densely(found.slice(0, comparedPassages), mode), mode, { isShown: wanted === 'show' }),
    signal,
  );
  if (wanted === 'apply' && !verdict.isAnswered) return [];
  const { relevance: value } = verdict;
  return value === undefined ? found : found.map((one) => ({ ...one, scores: { ...one.scores, relevance: value } }));
}

/** In a purely semantic search the score is the similarity. */
const densely = (found: readonly Passage[], mode: WholeRequest['mode']): readonly Passage[] =>
  mode === 'dense'
    ? found.map((one) => (one.score === undefined ? one : { ...one, scores: { dense: one.score, ...one.scores } }))
    : found;

function parseRequest(input: z.input<typeof SearchRequest>): SearchRequest {
  const parsed = SearchRequest.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new HeddleError(
    issue?.path[0] === 'filter' ? 'filter_invalid' : 'bad_request',
    `The search is not valid at '${field}': ${issue?.message ?? 'unknown reason'}.`,
    { details: { issues: parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message })) } },
  );
}

async function embedQuery(
  context: CollectionContext,
  info: CollectionInfo,
  text: string,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const embedder = await untilAborted(context.embedder(info), signal);
  const [vector] = await embedder.embed([text], { kind: 'query', signal });
  if (vector === undefined) throw new HeddleError('internal', `Model '${embedder.id}' gave no vector for the query.`);
  return vector;
}

/** The threshold applies to semantic similarity. A passage that only keyword search found has none, and does not pass. */
function isAbove(passage: Passage, { threshold, mode }: WholeRequest): boolean {
  if (threshold === undefined) return true;
  const score =
    mode === 'lexical' ? passage.score : (passage.scores?.dense ?? (mode === 'dense' ? passage.score : undefined));
  return score !== undefined && score >= threshold;
}

/** Returns each result with its neighbouring passages in document order, the best result first. No passage appears twice. */
async function withNeighbours(
  context: CollectionContext,
  found: readonly Passage[],
  count: number,
): Promise<readonly Passage[]> {
  const hits = new Map(found.map((passage) => [passage.id, passage]));
  const around = await Promise.all(found.map((passage) => context.inner.neighbours(passage.id, count, count)));
  const merged = new Map<string, Passage>();
  for (const [index, hit] of found.entries()) {
    const group = around[index] ?? [];
    for (const passage of group.length === 0 ? [hit] : group) {
      if (!merged.has(passage.id)) merged.set(passage.id, hits.get(passage.id) ?? passage);
    }
  }
  return [...merged.values()];
}
