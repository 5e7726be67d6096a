import {
  toHeddleError,
  withoutUndefined,
  type CollectionInfo,
  type DocumentInfo,
  type ReindexEstimate,
  type ReindexFailure,
  type VectorCollection,
} from '@heddle/core';
import type { CollectionContext, OriginalOf } from '../collection-context.js';
import { hashContent } from '../hash-content.js';
import { HeaderCounter } from '../headers/count-headers.js';
import { specialTokens } from '../new-splitter.js';
import { prepareDocument, type DraftPassage } from '../prepare-document.js';
import { allDocuments, inputOf } from './catch-up.js';

/** How many documents are tried, spread over the collection. */
const mostTried = 24;
/** After this time no further document is tried, provided that one succeeded: a scanned document alone may take longer. */
const longestMs = 4_000;
/** How many passages are embedded to measure the time of one. */
const mostEmbedded = 16;

interface EstimateSource {
  readonly from: VectorCollection;
  /** Parses, splits and embeds as the new index would. */
  readonly context: Pick<CollectionContext, 'documents' | 'tokenizer' | 'embedder' | 'reranker' | 'headers'>;
  readonly info: CollectionInfo;
  readonly original: OriginalOf | undefined;
  readonly signal: AbortSignal;
}

interface Tried {
  readonly documents: number;
  /** Passages of these documents in the serving index. */
  readonly passagesNow: number;
  readonly drafts: readonly DraftPassage[];
  readonly ms: number;
  readonly failures: readonly ReindexFailure[];
}

/**
 * Splits some documents as the new index would, embeds some of their passages, and scales the result by the passages that the collection
 * has now. If the documents are alike, a few of them give a good estimate.
 */
export async function estimateIndex({
  from,
  context,
  info,
  original,
  signal,
}: EstimateSource): Promise<ReindexEstimate> {
  const documents = [...(await allDocuments(from)).values()];
  const passagesNow = documents.reduce((sum, { passages }) => sum + passages, 0);
  const embedder = await context.embedder(info);
  const tokenizer = await context.tokenizer(info.embedding);
  const basis = { info, tokenizer, maxTokens: embedder.maxTokens - specialTokens, signal };
  const counter = await counterOf(context, info);
  const tried = await tryDocuments(spread(documents, mostTried), async (document) => {
    const input = await inputOf(from, document, original);
    const { hash, size } = input.madeFrom ?? (await hashContent(input.content));
    const headers = counter && { writer: counter, label: info.label };
    const own = { ...context, inner: from, now: Date.now };
    return (await prepareDocument(own, input, { ...basis, hash, size, headers })).drafts;
  });
  signal.throwIfAborted();
  const scale = tried.passagesNow === 0 ? 0 : passagesNow / tried.passagesNow;
  const isLocal = embedder.destination.isLocal;
  const embedMs = isLocal ? await timeOfOne(embedder, tried.drafts, signal) : undefined;
  const passages = Math.round(tried.drafts.length * scale);
  return withoutUndefined({
    embedding: info.embedding,
    splitter: info.splitter,
    documents: documents.length,
    passagesNow,
    passages,
    tokens: Math.round(tried.drafts.reduce((sum, { embedded }) => sum + embedded.tokens, 0) * scale),
    headers: counter &&
      info.splitter.header && {
        model: info.splitter.header.model,
        calls: Math.round(counter.calls * scale),
        tokens: Math.round(counter.tokens * scale),
      },
    ms: embedMs === undefined ? undefined : Math.round(tried.ms * scale + embedMs * passages),
    sampled: tried.documents,
    failures: [...tried.failures],
  });
}

async function counterOf(
  { headers }: EstimateSource['context'],
  { splitter: { header } }: CollectionInfo,
): Promise<HeaderCounter | undefined> {
  if (header === undefined || headers === undefined) return undefined;
  return new HeaderCounter(header, await headers.describe(header.model));
}

/** At most `most` of the documents, evenly spread. */
const spread = (documents: readonly DocumentInfo[], most: number): readonly DocumentInfo[] =>
  documents.length <= most
    ? documents
    : Array.from({ length: most }, (_, at) => documents[Math.floor((at * documents.length) / most)]).filter(
        (document) => document !== undefined,
      );

async function tryDocuments(
  documents: readonly DocumentInfo[],
  prepare: (document: DocumentInfo) => Promise<readonly DraftPassage[]>,
): Promise<Tried> {
  const drafts: DraftPassage[] = [];
  const failures: ReindexFailure[] = [];
  const begun = performance.now();
  let tried = 0;
  let passagesNow = 0;
  for (const document of documents) {
    if (drafts.length > 0 && performance.now() - begun > longestMs) break;
    tried += 1;
    try {
      drafts.push(...(await prepare(document)));
      passagesNow += document.passages;
    } catch (error) {
      failures.push({ document: document.id, message: toHeddleError(error, 'ingest_failed').message });
    }
  }
  return { documents: tried, passagesNow, drafts, ms: performance.now() - begun, failures };
}

/** The milliseconds that one passage takes once the model is loaded. */
async function timeOfOne(
  embedder: Awaited<ReturnType<CollectionContext['embedder']>>,
  drafts: readonly DraftPassage[],
  signal: AbortSignal,
): Promise<number> {
  const [first] = drafts;
  if (first === undefined) return 0;
  await embedder.embed([first.embedded.text], { kind: 'passage', signal });
  const step = Math.max(1, Math.floor(drafts.length / mostEmbedded));
  const texts = drafts
    .filter((_, at) => at % step === 0)
    .slice(0, mostEmbedded)
    .map(({ embedded }) => embedded.text);
  const begun = performance.now();
  await embedder.embed(texts, { kind: 'passage', signal });
  return (performance.now() - begun) / texts.length;
}
