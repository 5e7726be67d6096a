import { HeddleError } from '@heddle/core';
import type { RunService } from '../../runs/run.service.js';

/**
 * The name of the thread in the `_meta` of a call and of its result. The arguments of a tool are the inputs of the workflow, so they cannot
 * name a thread.
 */
const threadKey = 'heddle/thread';

/**
 * The thread that a tool call names: in `_meta`, otherwise in the header `Heddle-Thread`, which a client may send with each request;
 * undefined if neither does. Errors: `bad_request`.
 */
export function threadOfCall(
  meta: Readonly<Record<string, unknown>> | undefined,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | undefined {
  const named = meta?.[threadKey] ?? headers['heddle-thread'];
  if (named === undefined) return undefined;
  if (typeof named === 'string' && named.length <= 64) return named;
  throw new HeddleError('bad_request', `_meta["${threadKey}"] must be the id of a thread, or 'new'.`, {
    details: { field: threadKey },
  });
}

/** The `_meta` of a result: the thread that the run continued. */
export async function threadMeta(
  runs: Pick<RunService, 'summary'>,
  runId: string,
): Promise<{ readonly _meta?: Record<string, unknown> }> {
  const thread = (await runs.summary(runId)).caller?.thread;
  return thread === undefined ? {} : { _meta: { [threadKey]: thread } };
}
