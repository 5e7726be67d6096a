import { HeddleError, type EmbedOptions, type ModelCard } from '@heddle/core';
import { z } from 'zod';
import { type CallOptions } from '../../child/create-caller.js';
import { type EmbeddedRows } from '../onnx/protocol.js';

/** The number of texts in one call to a host. Two calls are in flight, so that the host never waits and memory stays limited. */
const sliceTexts = 64;
const slicesInFlight = 2;

const Progress = z.object({ done: z.int() });

/** The texts of one call, in the form of the host's method `embed`. */
interface TextSlice {
  readonly texts: readonly string[];
  readonly prefix: string;
  readonly refusesFrom?: number;
}
export type EmbedSlice = (slice: TextSlice, options: CallOptions) => Promise<EmbeddedRows>;

/**
 * Embeds any number of texts, in calls of limited size. Keeps their order and reports progress. Errors: `aborted`, `context_too_long`, and
 * those of the host.
 */
export async function embedInSlices(
  card: ModelCard,
  texts: readonly string[],
  options: EmbedOptions,
  embed: EmbedSlice,
): Promise<readonly Float32Array[]> {
  const { signal, onProgress, onUsage, tooLong = 'cut' } = options;
  const prefix = (options.kind === 'query' ? card.queryPrefix : card.passagePrefix) ?? '';
  const vectors: Float32Array[] = Array.from({ length: texts.length });
  const doneBySlice = new Map<number, number>();
  const report = (start: number, done: number): void => {
    doneBySlice.set(start, done);
    onProgress?.([...doneBySlice.values()].reduce((sum, value) => sum + value, 0));
  };
  // If one slice fails, the others are aborted too.
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let next = 0;
  let inputTokens = 0;
  const work = async (): Promise<void> => {
    while (next < texts.length) {
      const start = next;
      next += sliceTexts;
      const slice = texts.slice(start, start + sliceTexts);
      const onEvent = (event: unknown): void => {
        if (!both.aborted) report(start, Progress.parse(event).done);
      };
      const bounds = tooLong === 'refuse' ? { refusesFrom: start + 1 } : {};
      const rows = await embed({ texts: slice, prefix, ...bounds }, { signal: both, onEvent });
      checkWidth(card, rows);
      inputTokens += rows.tokens;
      slice.forEach((_, row) => {
        vectors[start + row] = rows.values.slice(row * rows.width, (row + 1) * rows.width);
      });
    }
  };
  if (signal?.aborted === true) throw new HeddleError('aborted', `The embedding with model '${card.id}' was stopped.`);
  try {
    await Promise.all(Array.from({ length: slicesInFlight }, work));
  } catch (error) {
    stop.abort();
    throw error;
  }
  onUsage?.({ inputTokens });
  return vectors;
}

function checkWidth(card: ModelCard, { width }: EmbeddedRows): void {
  if (width === card.dimensions) return;
  throw new HeddleError(
    'model_file_invalid',
    `Model '${card.id}' returns vectors of ${width} numbers, but its card says ${card.dimensions ?? 'nothing'}: correct the dimensions of the entry.`,
  );
}
