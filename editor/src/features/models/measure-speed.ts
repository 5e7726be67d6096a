import { z } from 'zod';
import { ApiError, send } from '../../data/http/http.js';
import { readNamedEvents } from '../../data/http/read-named-events.js';

const Event = z.object({
  type: z.string(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** Has a model write a short text; the server records the speed. Rejects with an ApiError, also if the model fails. */
export async function measureSpeed(id: string): Promise<void> {
  const { body } = await send(`/api/models/${encodeURIComponent(id)}/try`, {
    method: 'POST',
    body: { prompt: 'Tell a story about a weaver and her loom.', maxTokens: 64 },
  });
  if (body === null) throw new ApiError('unexpected', 'The server sent an empty reply.', 200);
  for await (const { data } of readNamedEvents(body)) {
    const { error } = Event.parse(data);
    if (error !== undefined) throw new ApiError(error.code, error.message, 0);
  }
}
