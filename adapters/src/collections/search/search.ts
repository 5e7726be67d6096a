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

/** More of a query than this says nothing new: embedders cut it, and full text would only slow down. */
const longestQuery = 4000;

/** A request with what it left out. */
type WholeRequest = SearchRequest & Required<Pick<SearchRequest, keyof typeof usualSearch>>;

/** Searches a collection: embeds the query where the mode needs it, drops what is under the threshold, reranks, reorders, adds neighbours. */
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
    /** The names of the reader; without it, everything is searched. */
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
  // Several of the best passages may be parts of one text.
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

/** Where the graph of the collection is, if the search asks for one. */
async function graphOf(
  { inner, graphs }: CollectionContext,
  { graphWeight = 0 }: WholeRequest,
): Promise<GraphStore | undefined> {
  if (graphWeight === 0 || graphs === undefined) return undefined;
  return (await readGraphOptions(inner)) === undefined ? undefined : graphs.store;
}

/** What was found, with what the graph links to it. */
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
  /** Missing: nothing is linked. */
  readonly store: GraphStore | undefined;
  readonly request: WholeRequest;
  readonly text: string;
  readonly readers: readonly string[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What is searched for. Errors: `query_empty`. */
function textOf({ query }: WholeRequest, { inner }: CollectionContext): string {
  const text = query.slice(0, longestQuery);
  if (text.trim() === '')
    throw new HeddleError('query_empty', `The query for collection '${inner.name}' is empty: ask for something.`);
  return text;
}

/** The results with what stands around them, as the search wants it. */
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

/** Passages at each side of a window without a setting. */
const usualWindow = 2;

/** Another index may serve since the question was embedded: its vectors cannot be compared with that. The caller asks again. */
async function refuseExchanged(context: CollectionContext, { name, createdAt }: CollectionInfo): Promise<void> {
  if ((await context.inner.info()).createdAt === createdAt) return;
  throw new HeddleError(
    'collection_dimensions',
    `Collection '${name}' got another index while it was searched: search again.`,
    { retryable: true },
  );
}

/** Nothing where the collection does not answer the question; otherwise the passages with the relevance of the question. */
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

/** A search by meaning alone gives the similarity as the score. */
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

/** The dense score says how near a passage is; a passage that only words found has none and does not pass a threshold. */
function isAbove(passage: Passage, { threshold, mode }: WholeRequest): boolean {
  if (threshold === undefined) return true;
  const score =
    mode === 'lexical' ? passage.score : (passage.scores?.dense ?? (mode === 'dense' ? passage.score : undefined));
  return score !== undefined && score >= threshold;
}

/** Each result with the passages around it, in document order, best result first; no passage comes twice. */
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
