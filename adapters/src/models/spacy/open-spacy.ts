import { readFile } from 'node:fs/promises';
import { HeddleError, type TaggedSpan } from '@heddle/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encoderGraph, inputWidth } from './encoder-graph.js';
import { findEntities } from './find-entities.js';
import { readMessagePack, type PackedMap } from './message-pack.js';
import { readWeights, wordWidth, type SpacyWeights } from './read-weights.js';
import { createWordSplitter, type Word } from './split-words.js';
import { rowsOf, textNumber } from './string-hash.js';
import { createWordFeatures } from './word-features.js';

/** The files of a spaCy pipeline: `ner/model`, `tokenizer` and `vocab/lookups.bin`. */
export interface SpacyFiles {
  readonly weights: string;
  readonly tokenizer: string;
  readonly lookups: string;
}

/** An open pipeline that finds names. */
export interface SpacyNames {
  /** `labels` are the labels of the moves, in the order of the model. Errors: `aborted`. */
  tag(text: string, labels: readonly string[], options?: TagOptions): Promise<readonly TaggedSpan[]>;
  release(): Promise<void>;
}

interface TagOptions {
  readonly signal?: AbortSignal;
  /** Wraps each part of the work, for example to wait until the processor is free. Default: runs it at once. */
  readonly run?: <Value>(work: () => Promise<Value>) => Promise<Value>;
}

/** How many characters are split into words at a time. */
const mostCharacters = 20_000;
/** How many words run through the network at a time, so that memory stays small for any text. */
const mostWords = 512;
const mostKnown = 50_000;

/** Opens a pipeline and runs its network in ONNX Runtime. Errors: `model_file_invalid`. */
export async function openSpacy(files: SpacyFiles, threads: number): Promise<SpacyNames> {
  const [weights, tokenizer, lookups] = await Promise.all(
    [files.weights, files.tokenizer, files.lookups].map(async (file) => readMessagePack(await readFile(file))),
  );
  const read = readWeights(weights ?? null);
  const split = createWordSplitter(tokenizer ?? null);
  const vectorOf = createVectors(read, normsOf(lookups));
  const session = await InferenceSession.create(encoderGraph(read), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const output = session.outputNames[0] ?? '';
  const rowsFor = async (words: readonly Word[]): Promise<Float32Array> => {
    const features = new Float32Array(words.length * inputWidth);
    words.forEach((word, index) => features.set(vectorOf(word), index * inputWidth));
    const result = await session.run({ features: new Tensor('float32', features, [words.length, inputWidth]) });
    return result[output]?.data as Float32Array; // The graph was built here: its output is a table of floats.
  };
  return {
    async tag(text, labels, { signal, run = atOnce } = {}) {
      if (labels.length * 4 + 2 !== read.upper.weights.shape[0])
        throw new HeddleError(
          'model_file_invalid',
          `The model has ${read.upper.weights.shape[0]} moves, which do not fit its ${labels.length} labels: correct the labels of the entry.`,
        );
      const spans: TaggedSpan[] = [];
      for (const [slice, offset] of slicesOf(text))
        for (const words of groupsOf(split(slice))) {
          if (signal?.aborted === true) throw new HeddleError('aborted', 'The search for names was stopped.');
          const rows = await run(() => rowsFor(words));
          for (const { label, from, to, score } of findEntities(read, labels, rows, (at) => isSpace(words[at]))) {
            const last = words[to - 1];
            spans.push({
              label,
              score,
              start: offset + (words[from]?.start ?? 0),
              end: offset + (last?.start ?? 0) + (last?.text.length ?? 0),
            });
          }
        }
      return spans;
    },
    release: () => session.release(),
  };
}

const atOnce = <Value>(work: () => Promise<Value>): Promise<Value> => work();

const isSpace = (word: Word | undefined): boolean => word === undefined || word.text.trim() === '';

/** Cuts a long text into slices, at spaces if possible. */
function* slicesOf(text: string): Generator<readonly [string, number]> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + mostCharacters);
    if (end < text.length) {
      const space = text.slice(start, end).search(/\s\S*$/);
      if (space > 0) end = start + space;
      else if (/[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end -= 1;
    }
    yield [text.slice(start, end), start];
    start = end;
  }
}

/** Cuts a long list of words into groups, after the end of a sentence or line if possible. */
function* groupsOf(words: readonly Word[]): Generator<readonly Word[]> {
  for (let start = 0; start < words.length;) {
    let end = Math.min(words.length, start + mostWords);
    if (end < words.length)
      for (let at = end; at > start + mostWords / 2; at -= 1)
        if (/^(?:[.!?。！？]|\s*\n\s*)$/.test(words[at - 1]?.text ?? '')) {
          end = at;
          break;
        }
    yield words.slice(start, end);
    start = end;
  }
}

function normsOf(lookups: unknown): PackedMap {
  const norms = lookups instanceof Map ? (lookups as PackedMap).get('lexeme_norm') : undefined;
  return norms instanceof Map ? (norms as PackedMap) : new Map();
}

/** Computes the input of the network for a word: for each feature, the sum of the four table rows that its hash selects. */
function createVectors({ tables }: SpacyWeights, norms: PackedMap): (word: Word) => Float32Array {
  const featuresOf = createWordFeatures(norms);
  const known = new Map<string, Float32Array>();
  return ({ text, norm }) => {
    const key = norm === undefined ? text : `${text} ${norm}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const vector = new Float32Array(inputWidth);
    featuresOf(text, norm).forEach((feature, index) => {
      const table = tables[index];
      if (table === undefined) return;
      for (const row of rowsOf(textNumber(feature), table.seed, table.shape[0] ?? 1))
        for (let column = 0; column < wordWidth; column += 1) {
          const at = index * wordWidth + column;
          vector[at] = (vector[at] ?? 0) + (table.values[row * wordWidth + column] ?? 0);
        }
    });
    if (known.size >= mostKnown) known.clear();
    known.set(key, vector);
    return vector;
  };
}
