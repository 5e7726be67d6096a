import {
  HeddleError,
  type Destination,
  type Embedder,
  type EmbedOptions,
  type ModelPrice,
  type RemoteModelCard,
} from '@heddle/core';
import type { Provider } from './provider.js';
import { cutTo, estimateTokens } from './shared/estimate-tokens.js';
import { makePlainCall, type CallLine } from './shared/make-call.js';
import { priceUsage } from './shared/price-call.js';

interface RemoteEmbedderOptions {
  readonly id: string;
  readonly model: string;
  readonly card: RemoteModelCard | undefined;
  readonly price: ModelPrice | undefined;
  readonly destination: Destination;
  readonly line: CallLine;
  readonly provider: Provider;
}

/** Limits of one request that every provider accepts. */
const mostTexts = 64;
const mostTokens = 50_000;
/** The window of an embedder whose card names none, in tokens. */
const usualTokens = 2048;

/** An embedding model of a provider. If its card does not name the dimensions, one call finds them. Errors: `model_wrong_kind`. */
export async function createRemoteEmbedder(remote: RemoteEmbedderOptions): Promise<Embedder> {
  const { id, provider, destination, card } = remote;
  const embed = provider.embed?.bind(provider);
  if (embed === undefined)
    throw new HeddleError('model_wrong_kind', `Connection '${remote.line.connection.id}' has no embeddings.`, {
      details: { model: id },
    });
  const maxTokens = card?.contextTokens ?? usualTokens;

  const send = async (
    texts: readonly string[],
    { kind, signal, traceparent }: EmbedOptions & { readonly signal: AbortSignal },
  ): Promise<{ readonly vectors: readonly Float32Array[]; readonly inputTokens: number }> => {
    const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
    let used = tokens;
    const vectors = await makePlainCall(remote.line, {
      model: remote.model,
      tokens,
      signal,
      traceparent,
      work: async (exchange) => {
        const { vectors: found, inputTokens } = await embed({ model: remote.model, texts, kind }, exchange);
        used = inputTokens ?? tokens;
        return checkVectors(found, texts.length, id);
      },
      used: () => used,
    });
    return { vectors: vectors.map(normalise), inputTokens: used };
  };

  const dimensions =
    card?.dimensions ??
    (await send(['dimensions'], { kind: 'query', signal: AbortSignal.timeout(60_000) })).vectors[0]?.length ??
    0;
  return {
    id,
    dimensions,
    maxTokens,
    destination,
    async embed(texts, options) {
      const { signal = new AbortController().signal, onProgress, onUsage, tooLong = 'cut' } = options;
      const vectors: Float32Array[] = [];
      let inputTokens = 0;
      // The provider refuses texts that are too long: only its own tokenizer counts exactly.
      const most = tooLong === 'cut' ? maxTokens : Infinity;
      for (const batch of batches(texts.map((text) => cutTo(text, most)))) {
        const sent = await send(batch, { ...options, signal });
        inputTokens += sent.inputTokens;
        for (const vector of sent.vectors) {
          if (vector.length !== dimensions)
            throw invalid(id, `a vector has ${vector.length} numbers, not ${dimensions}`);
          vectors.push(vector);
        }
        onProgress?.(vectors.length);
      }
      onUsage?.(priceUsage({ inputTokens, outputTokens: 0 }, remote.price));
      return vectors;
    },
  };
}

function* batches(texts: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let tokens = 0;
  for (const text of texts) {
    const size = estimateTokens(text);
    if (batch.length > 0 && (batch.length >= mostTexts || tokens + size > mostTokens)) {
      yield batch;
      batch = [];
      tokens = 0;
    }
    batch.push(text);
    tokens += size;
  }
  if (batch.length > 0) yield batch;
}

function checkVectors(
  vectors: readonly (readonly number[])[],
  expected: number,
  id: string,
): readonly (readonly number[])[] {
  if (vectors.length !== expected) throw invalid(id, `${vectors.length} vectors came for ${expected} texts`);
  for (const vector of vectors)
    if (!Array.isArray(vector) || vector.length === 0 || !vector.every((part) => Number.isFinite(part)))
      throw invalid(id, 'a vector is empty or contains something other than numbers');
  return vectors;
}

function normalise(vector: readonly number[]): Float32Array {
  const norm = Math.hypot(...vector);
  return Float32Array.from(vector, (part) => (norm === 0 ? 0 : part / norm));
}

function invalid(id: string, what: string): HeddleError {
  return new HeddleError('provider_reply_invalid', `Model '${id}': ${what}.`, { details: { model: id } });
}
