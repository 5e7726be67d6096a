import { LabelledValue } from '@heddle/core';
import { fetchJson, send } from '../api/http.js';
import { completeJson } from './complete-json.js';

/** Where an output of a run stands. */
export interface OutputPlace {
  readonly runId: string;
  readonly path: string;
  readonly port: string;
}

/** Where a value of a run stands: at an output, or as what a step of an execution gave. */
export type ValuePlace = OutputPlace | (Omit<OutputPlace, 'port'> & { readonly step: string });

/** Bytes of a large value that are read to show its beginning. */
export const partBytes = 256 * 1024;

const address = ({ runId, ...where }: ValuePlace): string =>
  `/api/runs/${encodeURIComponent(runId)}/values?${new URLSearchParams(where).toString()}`;

/** A whole value of a run. Errors: ApiError. */
export async function loadValue(place: ValuePlace, signal?: AbortSignal): Promise<unknown> {
  const labelled = await fetchJson(LabelledValue, address(place), signal === undefined ? {} : { signal });
  return labelled.value;
}

/** The beginning of a large value: as many of its whole entries as the first bytes hold. The rest is never read. Errors: ApiError. */
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
