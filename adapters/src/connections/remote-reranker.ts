import {
  HeddleError,
  type Destination,
  type InputUsage,
  type ModelPrice,
  type RemoteModelCard,
  type Reranker,
} from '@heddle/core';
import type { Provider } from './provider.js';
import { cutTo, estimateTokens } from './shared/estimate-tokens.js';
import { makePlainCall, type CallLine } from './shared/make-call.js';
import { priceUsage } from './shared/price-call.js';
import type { RerankReply } from './rerank/read-scores.js';

interface RemoteRerankerOptions {
  readonly id: string;
  readonly model: string;
  readonly card: RemoteModelCard | undefined;
  readonly price: ModelPrice | undefined;
  readonly destination: Destination;
  readonly line: CallLine;
  readonly provider: Provider;
}

/** Texts in one request: as many as providers bill as one search. A server that accepts fewer refuses the request. */
const mostTexts = 100;
const mostTokens = 50_000;
/** The largest share of the window that the query may use. */
const shareOfQuery = 0.5;

/** How often one call may lower a limit before it fails. */
const mostLessons = 8;

/** The limits of a server, learnt from its errors; later calls use them too. */
interface Limits {
  texts: number;
  /** Tokens of query and text together; undefined while no limit is known. */
  tokens: number | undefined;
}

/** A reranker of a provider. Errors: `model_wrong_kind`. */
export function createRemoteReranker(remote: RemoteRerankerOptions): Reranker {
  const { id, provider, destination, card } = remote;
  const rerank = provider.rerank?.bind(provider);
  if (rerank === undefined)
    throw new HeddleError('model_wrong_kind', `Connection '${remote.line.connection.id}' has no rerankers.`, {
      details: { model: id },
    });
  const limits: Limits = { texts: mostTexts, tokens: card?.contextTokens };

  const send = async (
    query: string,
    texts: readonly string[],
    options: { readonly signal: AbortSignal } & Pick<Parameters<Reranker['rerank']>[2], 'traceparent'>,
  ): Promise<RerankReply> => {
    const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), estimateTokens(query) * texts.length);
    let used = tokens;
    return makePlainCall(remote.line, {
      model: remote.model,
      tokens,
      ...options,
      work: async (exchange) => {
        const reply = await rerank({ model: remote.model, query, texts }, exchange);
        used = reply.inputTokens ?? tokens;
        return { ...reply, scores: inOrder(reply, texts.length, id), inputTokens: used };
      },
      used: () => used,
    });
  };

  return {
    id,
    destination,
    async rerank(query, texts, { signal = new AbortController().signal, traceparent, onUsage }) {
      const scores: number[] = [];
      const taken = { inputTokens: 0, searches: 0 };
      let lessons = 0;
      while (scores.length < texts.length) {
        const [asked, batch] = nextBatch(query, texts.slice(scores.length), limits);
        try {
          const reply = await send(asked, batch, { signal, traceparent });
          scores.push(...reply.scores.map(([, score]) => score));
          taken.inputTokens += reply.inputTokens ?? 0;
          taken.searches += reply.searches ?? 1;
        } catch (error) {
          // The server accepts less than was known: the same texts are sent again in smaller requests.
          lessons += 1;
          if (lessons > mostLessons || !learn(error, batch, limits)) throw error;
        }
      }
      if (texts.length > 0) onUsage?.(usageOf(taken, remote.price));
      return scores;
    },
  };
}

function usageOf(
  { inputTokens, searches }: { inputTokens: number; searches: number },
  price: ModelPrice | undefined,
): InputUsage {
  const usage = priceUsage({ inputTokens, outputTokens: 0 }, price);
  const { perThousandSearches } = price ?? {};
  const cost =
    perThousandSearches === undefined ? usage.cost : (usage.cost ?? 0) + (searches * perThousandSearches) / 1000;
  return { inputTokens, cost, currency: usage.currency };
}

/** The query and texts of the next request, cut to what the model reads. */
function nextBatch(query: string, texts: readonly string[], limits: Limits): readonly [string, readonly string[]] {
  const asked = limits.tokens === undefined ? query : cutTo(query, Math.floor(limits.tokens * shareOfQuery));
  const left = limits.tokens === undefined ? Infinity : Math.max(1, limits.tokens - estimateTokens(asked));
  const batch: string[] = [];
  let tokens = 0;
  for (const text of texts) {
    const cut = cutTo(text, left);
    tokens += estimateTokens(asked) + estimateTokens(cut);
    if (batch.length > 0 && (batch.length >= limits.texts || tokens > mostTokens)) break;
    batch.push(cut);
  }
  return [asked, batch];
}

/** Lowers a limit according to an error of the server; false if the error does not concern limits, or no lower one is left. */
function learn(error: unknown, batch: readonly string[], limits: Limits): boolean {
  if (!(error instanceof HeddleError)) return false;
  if (error.code === 'context_too_long') {
    const said = error.details?.['contextTokens'];
    const longest = Math.max(...batch.map((text) => estimateTokens(text)));
    // Estimates can be too low, and some servers name no limit; the limit is then halved.
    const next =
      typeof said === 'number' && said < (limits.tokens ?? Infinity)
        ? said
        : Math.floor((limits.tokens ?? longest) / 2);
    if (next < 16) return false;
    limits.tokens = next;
    return true;
  }
  // Servers answer 413 for too many texts as well as for too many bytes.
  const isTooMany =
    error.details?.['status'] === 413 || /batch size|too many (?:documents|texts|inputs)/i.test(error.message);
  if (error.code !== 'provider_refused' || !isTooMany || batch.length < 2) return false;
  limits.texts = Math.floor(batch.length / 2);
  return true;
}

/** The scores in the order of the texts. A missing score is an error: it must not pass as a low one. */
function inOrder({ scores }: RerankReply, expected: number, id: string): RerankReply['scores'] {
  const byIndex = new Map(scores);
  const isWhole =
    scores.length === expected &&
    byIndex.size === expected &&
    scores.every(([index, score]) => index >= 0 && index < expected && Number.isFinite(score));
  if (!isWhole)
    throw new HeddleError(
      'provider_reply_invalid',
      `Model '${id}': ${scores.length} scores of ${byIndex.size} texts came for ${expected} texts.`,
      { details: { model: id } },
    );
  return [...scores].sort(([one], [other]) => one - other);
}
