import { Reader } from '@heddle/core';
import { z } from 'zod';

const Segment = z.string().regex(/^\d{1,20}=.+$/, { error: 'SEGMENT=READER, such as 360001=oidc-group:staff' });

/** The settings of a Zendesk source. */
export const ZendeskConfig = z.strictObject({
  site: z
    .url({ protocol: /^https?$/, error: 'An address such as https://acme.zendesk.com' })
    .max(1_000)
    .refine((text) => /^\/?$/.test(new URL(text).pathname) && !/[@?#]/.test(text), {
      error: 'An address without a path',
    })
    .meta({ title: 'Site', description: 'The address of the site, such as https://acme.zendesk.com.' }),
  user: z.email().meta({ title: 'User', description: 'The address of the agent whose API token is the secret.' }),
  content: z.enum(['articles', 'tickets']).default('articles').meta({
    title: 'Content',
    description: 'Articles of the help centre, or tickets with their comments.',
  }),
  locale: z
    .string()
    .regex(/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/, { error: 'A language, such as en-us' })
    .optional()
    .meta({
      title: 'Language',
      description: 'The language of the articles, such as en-us. Without it, the default language.',
    }),
  days: z.int().min(1).max(36_500).default(365).meta({
    title: 'Most days',
    description:
      'Tickets that changed within this many days before the first sync are read, and all that change later.',
  }),
  internal: z.boolean().default(false).meta({
    title: 'Internal notes',
    description: 'Whether internal notes of tickets are read too.',
  }),
  readers: z.enum(['zendesk', 'collection']).default('zendesk').meta({
    title: 'Who may read',
    description:
      'For a ticket the agents who may see it, for an article its user segments (zendesk), or everybody who may read the collection (collection).',
  }),
  segments: z
    .array(
      Segment.refine((text) => Reader.safeParse(text.slice(text.indexOf('=') + 1)).success, {
        error: 'The reader must be user:ID, group:ID, oidc-group:NAME or another reader name',
      }),
    )
    .max(1_000)
    .default([])
    .meta({
      title: 'Segments',
      description:
        'The readers of a user segment of the help centre, as SEGMENT=READER. Nobody may read the articles of segments that are not listed.',
    }),
});
export type ZendeskConfig = z.infer<typeof ZendeskConfig>;
