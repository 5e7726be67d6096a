import { HeddleError, type EmbedOptions, type ModelCard } from '@heddle/core';
import { z } from 'zod';
import { type CallOptions } from '../../child/create-caller.js';
import { type OnnxRows } from '../onnx/protocol.js';

/** Texts of one call to a host. Two calls are on their way at once, so that the host never waits and memory stays bounded. */
const sliceTexts = 64;
const slicesInFlight = 2;

const Progress = z.object({ done: z.int() });

export type EmbedSlice = (texts: readonly string[], prefix: string, options: CallOptions) => Promise<OnnxRows>;

/** Embeds any number of texts through calls of bounded size, in order, with progress. Errors: `aborted`, and those of the host. */
export async function embedInSlices(
  card: ModelCard,
  texts: readonly string[],
  options: EmbedOptions,
  embed: EmbedSlice,
): Promise<readonly Float32Array[]> {
  const { signal, onProgress } = options;
  const prefix = (options.kind === 'query' ? card.queryPrefix : card.passagePrefix) ?? '';
  const vectors: Float32Array[] = Array.from({ length: texts.length });
  const doneBySlice = new Map<number, number>();
  const report = (start: number, done: number): void => {
    doneBySlice.set(start, done);
    onProgress?.([...doneBySlice.values()].reduce((sum, value) => sum + value, 0));
  };
  // One failure ends the other slices too.
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < texts.length) {
      const start = next;
      next += sliceTexts;
      const slice = texts.slice(start, start + sliceTexts);
      const onEvent = (event: unknown): void => report(start, Progress.parse(event).done);
      const rows = await embed(slice, prefix, { signal: both, onEvent });
      checkWidth(card, rows);
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
  return vectors;
}

function checkWidth(card: ModelCard, { width }: OnnxRows): void {
  if (width === card.dimensions) return;
  throw new HeddleError(
    'model_file_invalid',
    `Model '${card.id}' gives vectors of ${width} numbers, its card says ${card.dimensions ?? 'nothing'}: correct the dimensions of the entry.`,
  );
}
