import { z } from 'zod';

/** The schema of replies of the OpenAI-compatible routes. Clients know the other members. */
export const AnyReply = z.looseObject({ object: z.string() }).meta({ id: 'OpenAiReply' });
