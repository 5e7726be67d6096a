import { HeddleError, type Classifier, type Destination } from '@heddle/core';
import type { Provider } from './provider.js';
import { estimateTokens } from './shared/estimate-tokens.js';
import { makePlainCall, type CallLine } from './shared/make-call.js';

interface RemoteClassifierOptions {
  readonly id: string;
  readonly model: string;
  readonly destination: Destination;
  readonly line: CallLine;
  readonly provider: Provider;
}

/** The usual categories of moderation. A reply may have more, and they are returned too. */
const categories: readonly string[] = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
];
const mostTexts = 32;

/** Uses the moderation of a provider as a classifier: each category gets its score. Errors: `model_wrong_kind`. */
export function createRemoteClassifier(options: RemoteClassifierOptions): Classifier {
  const { id, provider, line, model } = options;
  const moderate = provider.moderate?.bind(provider);
  if (moderate === undefined)
    throw new HeddleError('model_wrong_kind', `Connection '${line.connection.id}' has no moderation.`, {
      details: { model: id },
    });
  return {
    id,
    labels: categories,
    destination: options.destination,
    async classify(texts, { signal = new AbortController().signal, traceparent }) {
      const scores: Readonly<Record<string, number>>[] = [];
      for (let start = 0; start < texts.length; start += mostTexts) {
        const part = texts.slice(start, start + mostTexts);
        const tokens = part.reduce((sum, text) => sum + estimateTokens(text), 0);
        const found = await makePlainCall(line, {
          model,
          tokens,
          signal,
          traceparent,
          work: async (exchange) => checkScores(await moderate({ model, texts: part }, exchange), part.length, id),
          used: () => tokens,
        });
        scores.push(...found);
      }
      return scores;
    },
  };
}

/** A missing judgement must never pass as harmless. */
function checkScores<Scores extends readonly Readonly<Record<string, number>>[]>(
  scores: Scores,
  expected: number,
  id: string,
): Scores {
  const isWhole =
    scores.length === expected &&
    scores.every((entry) => {
      const values = Object.values(entry);
      return values.length > 0 && values.every((value) => Number.isFinite(value));
    });
  if (!isWhole)
    throw new HeddleError('provider_reply_invalid', `Model '${id}': the judgement of a text is missing.`, {
      details: { model: id },
    });
  return scores;
}
