import { addressOf } from '@heddle/core/api-client';
import { client } from '../../../data/api/client.js';
import { send } from '../../../data/http/http.js';
import { completeJson } from './complete-json.js';

/** The address of a run's output. */
export interface OutputAddress {
  readonly runId: string;
  readonly path: string;
  readonly port: string;
}

/** The address of a value of a run: an output, or the result of a step. */
type ValueAddress = OutputAddress | (Omit<OutputAddress, 'port'> & { readonly step: string });

/** How many bytes of a large value are loaded to show its beginning. */
const partBytes = 256 * 1024;

const paramsOf = ({ runId, ...where }: ValueAddress) => ({ path: { id: runId }, query: where });

/** Loads a complete value of a run. Errors: ApiError. */
export async function loadValue(address: ValueAddress, signal?: AbortSignal): Promise<unknown> {
  return (await client.GET('/api/runs/{id}/values', { params: paramsOf(address), signal })).value;
}

/** Loads the beginning of a large value: the complete entries within the first bytes. The rest is never loaded. Errors: ApiError. */
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
