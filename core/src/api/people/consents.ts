import { z } from 'zod';
import { Permission } from '../../access/permissions.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Reply of `GET /api/consents/:id`: the rights that a program asks a person for. */
export const ConsentReply = lazyObject(() => ({
  id: z.string(),
  client: z.object({
    name: z.string(),
    /** Where the answer is sent: the host, or the scheme of a program on the person's own machine. */
    goesTo: z.string(),
    /** The host of the document that the name comes from; missing if only the program itself gave the name. */
    address: z.string().optional(),
  }),
  /** The person who is asked. */
  who: z.string(),
  /** The projects in which the person has at least one of the requested rights, with those rights. */
  projects: z.array(z.object({ id: z.string(), name: z.string(), permissions: z.array(Permission) })),
})).meta({ id: 'ConsentReply' });
export type ConsentReply = z.infer<typeof ConsentReply>;

/** Body of `POST /api/consents/:id`. */
export const ConsentDecision = z
  .discriminatedUnion('decision', [
    lazyStrictObject(() => ({
      decision: z.literal('allow'),
      project: z.string().max(64),
      /** A selection of the permissions that the program asked for. */
      permissions: z.array(Permission).min(1),
    })),
    z.strictObject({ decision: z.literal('deny') }),
  ])
  .meta({ id: 'ConsentDecision' });
export type ConsentDecision = z.infer<typeof ConsentDecision>;

/** Reply of `POST /api/consents/:id`: the address to which the browser returns with the answer. */
export const ConsentAnswer = z.object({ redirect: z.string() }).meta({ id: 'ConsentAnswer' });
export type ConsentAnswer = z.infer<typeof ConsentAnswer>;
