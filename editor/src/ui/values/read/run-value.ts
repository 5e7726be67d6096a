import { LabelledValue } from '@heddle/core';
import { fetchJson, send } from '../../../data/http/http.js';
import { completeJson } from './complete-json.js';

/** The location of a run's output. */
export interface OutputPlace {
  readonly runId: string;
  readonly path: string;
  readonly port: string;
}

/** The location of a run's value: an output, or the result of a step. */
export type ValuePlace = OutputPlace | (Omit<OutputPlace, 'port'> & { readonly step: string });

/** Bytes of a large value that are loaded to show its beginning. */
export const partBytes = 256 * 1024;

const address = ({ runId, ...where }: ValuePlace): string =>
  `/api/runs/${encodeURIComponent(runId)}/values?${new URLSearchParams(where).toString()}`;

/** A complete value of a run. Errors: ApiError. */
export async function loadValue(place: ValuePlace, signal?: AbortSignal): Promise<unknown> {
  const labelled = await fetchJson(LabelledValue, address(place), signal === undefined ? {} : { signal });
  return labelled.value;
}

/** The beginning of a large value: the complete entries within the first bytes. The rest is never loaded. Errors: ApiError. */
export async function loadPart(place: ValuePlace, signal?: AbortSignal): Promise<unknown> {
  const response = await send(address(place), signal === undefined ? {} : { signal });
  const text = await readSome(response, partBytes);
  const reply = completeJson(text);
  return typeof reply === 'object' && reply !== null && 'value' in reply ? reply.value : undefined;
}

async function readSome(response: Response, most: number): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length < most) continue;
    await reader.cancel();
    return text;
  }
}
