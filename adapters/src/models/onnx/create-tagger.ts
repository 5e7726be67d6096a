import { HeddleError, type Classifier, type ModelCard, type TaggedSpan, type Tokenizer } from '@heddle/core';
import type { OnnxRows } from './protocol.js';
import { kindOf, spansOf } from './spans-of.js';

const marks = 2;
/** A window may end up to this many tokens earlier, so that it ends between words. */
const backwards = 32;

/**
 * Creates a classifier from a model that labels each token. `tag` returns the spans, and `classify` the highest probability of each kind of
 * span. A long text is processed in windows that end between words.
 */
export function createTagger(
  card: ModelCard,
  tokenizerOf: () => Promise<Tokenizer>,
  run: (text: string, signal: AbortSignal | undefined) => Promise<OnnxRows>,
): Classifier {
  const labels = card.labels ?? [];

  async function tagOne(text: string, tokenizer: Tokenizer, signal: AbortSignal | undefined): Promise<TaggedSpan[]> {
    const spans: TaggedSpan[] = [];
    for (const [start, end] of windowsOf(text, tokenizer, card.contextTokens - marks)) {
      const part = text.slice(start, end);
      const offsets = tokenizer.offsets(part);
      if (offsets.length === 0) continue;
      const rows = await run(part, signal);
      if (rows.width !== labels.length || rows.values.length !== (offsets.length + marks) * rows.width)
        throw new HeddleError(
          'model_file_invalid',
          `Model '${card.id}' returns ${rows.width} scores per token for ${rows.values.length / Math.max(1, rows.width)} tokens, but its card names ${labels.length} labels and its tokenizer ${offsets.length + marks} tokens: correct the entry.`,
        );
      for (const span of spansOf(part, offsets, rows, labels))
        spans.push({ ...span, start: span.start + start, end: span.end + start });
    }
    return spans;
  }

  return taggingClassifier(card, async (text, signal) => tagOne(text, await tokenizerOf(), signal));
}

/** Creates a classifier from a function that finds spans. */
export function taggingClassifier(
  card: ModelCard,
  tagOne: (text: string, signal: AbortSignal | undefined) => Promise<readonly TaggedSpan[]>,
): Classifier {
  const kinds = [...new Set((card.labels ?? []).map(kindOf).filter((kind) => kind !== 'O'))];
  const tag: NonNullable<Classifier['tag']> = async (texts, { signal }) => {
    const found: (readonly TaggedSpan[])[] = [];
    for (const text of texts) found.push(await tagOne(text, signal));
    return found;
  };
  return {
    id: card.id,
    labels: kinds,
    destination: { name: 'local', clearance: 'restricted', isLocal: true },
    tag,
    async classify(texts, options) {
      return (await tag(texts, options)).map((spans) =>
        Object.fromEntries(
          kinds.map((kind) => [
            kind,
            Math.max(0, ...spans.filter(({ label }) => label === kind).map(({ score }) => score)),
          ]),
        ),
      );
    },
  };
}

/** The start and end of each window. A window has as many tokens as fit and ends before a word. */
function windowsOf(text: string, tokenizer: Tokenizer, most: number): readonly (readonly [number, number])[] {
  const offsets = tokenizer.offsets(text);
  const windows: (readonly [number, number])[] = [];
  for (let at = 0; at < offsets.length;) {
    let end = Math.min(at + most, offsets.length);
    const begins = (token: number): boolean => (offsets[token]?.[0] ?? 0) > (offsets[token - 1]?.[1] ?? 0);
    if (end < offsets.length)
      for (let back = end; back > Math.max(at, end - backwards); back -= 1)
        if (begins(back)) {
          end = back;
          break;
        }
    windows.push([offsets[at]?.[0] ?? 0, offsets[end - 1]?.[1] ?? text.length]);
    at = end;
  }
  return windows;
}
