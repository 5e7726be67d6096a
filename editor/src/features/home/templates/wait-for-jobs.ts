import { client } from '../../../data/api/client.js';
import { ApiError } from '../../../data/http/http.js';

const everyMs = 300;

/** Waits until jobs have ended. Rejects with an ApiError if one failed. */
export async function waitForJobs(ids: readonly string[], signal?: AbortSignal): Promise<void> {
  for (const id of ids) {
    for (;;) {
      signal?.throwIfAborted();
      const job = await client.GET('/api/jobs/{id}', { params: { path: { id } } });
      if (job.status === 'done') break;
      if (job.status === 'failed' || job.status === 'cancelled')
        throw new ApiError(
          job.error?.code ?? 'unexpected',
          job.error?.message ?? 'The documents were not imported.',
          0,
        );
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
