import { z } from 'zod';

/** A reply of the OpenAI-compatible routes: their clients know the rest. */
export const AnyReply = z.looseObject({ object: z.string() }).meta({ id: 'OpenAiReply' });
