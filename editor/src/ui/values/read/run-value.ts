import { addressOf } from '@heddle/core/api-client';
import { client } from '../../../data/api/client.js';
import { send } from '../../../data/http/http.js';
import { completeJson } from './complete-json.js';

/** The location of a run's output. */
export interface OutputAddress {
  readonly runId: string;
  readonly path: string;
  readonly port: string;
}

/** The location of a run's value: an output, or the result of a step. */
type ValueAddress = OutputAddress | (Omit<OutputAddress, 'port'> & { readonly step: string });

/** Bytes of a large value that are loaded to show its beginning. */
const partBytes = 256 * 1024;

const paramsOf = ({ runId, ...where }: ValueAddress) => ({ path: { id: runId }, query: where });

/** A complete value of a run. Errors: ApiError. */
export async function loadValue(address: ValueAddress, signal?: AbortSignal): Promise<unknown> {
  return (await client.GET('/api/runs/{id}/values', { params: paramsOf(address), signal })).value;
}

/** The beginning of a large value: the complete entries within the first bytes. The rest is never loaded. Errors: ApiError. */
export async function loadPart(address: ValueAddress, signal?: AbortSignal): Promise<unknown> {
  const response = await send(addressOf('/api/runs/{id}/values', paramsOf(address)), { signal });
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
