import { z } from 'zod';
import { Permission } from '../../access/permissions.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Reply of `GET /api/consents/:id`: what a program asks a person for. */
export const ConsentReply = lazyObject(() => ({
  id: z.string(),
  client: z.object({
    name: z.string(),
    /** Where the answer goes: the host, or the scheme of a program on the person's own machine. */
    goesTo: z.string(),
    /** Whether the name comes from a document at the address of the program, and not from the program alone. */
    address: z.string().optional(),
  }),
  /** Who is asked. */
  who: z.string(),
  /** The projects in which the person has at least one of the rights, with those that they have. */
  projects: z.array(z.object({ id: z.string(), name: z.string(), permissions: z.array(Permission) })),
})).meta({ id: 'ConsentReply' });
export type ConsentReply = z.infer<typeof ConsentReply>;

/** Body of `POST /api/consents/:id`. */
export const ConsentDecision = z
  .discriminatedUnion('decision', [
    lazyStrictObject(() => ({
      decision: z.literal('allow'),
      project: z.string().max(64),
      /** Some of those that the program asked for. */
      permissions: z.array(Permission).min(1),
    })),
    z.strictObject({ decision: z.literal('deny') }),
  ])
  .meta({ id: 'ConsentDecision' });
export type ConsentDecision = z.infer<typeof ConsentDecision>;

/** Reply of `POST /api/consents/:id`: where the browser goes with the answer. */
export const ConsentAnswer = z.object({ redirect: z.string() }).meta({ id: 'ConsentAnswer' });
export type ConsentAnswer = z.infer<typeof ConsentAnswer>;
