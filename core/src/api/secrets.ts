import { z } from 'zod';
import { SecretCard, SecretSource, SecretUse } from '../ports/secrets.js';
import { withReadOnly } from './read-only.js';

/** `GET /api/secrets/:name`: everything about a secret but its value. */
export const SecretCardReply = SecretCard.extend({
  /** Epoch milliseconds; 0 of one that stands where Heddle runs and has no card yet. */
  updatedAt: z.number(),
  /** Drafts and tool servers that name it. */
  usedBy: z.array(z.object({ kind: z.enum(['workflow', 'tool']), id: z.string(), title: z.string() })),
}).meta({ id: 'SecretCardReply' });
export type SecretCardReply = z.infer<typeof SecretCardReply>;

/** What `PUT /api/secrets/:name` sets; what is left out stays as it is. */
export const SecretChange = z
  .object({
    value: z.string().min(1).max(65_536).optional(),
    hosts: z.array(z.string().min(1).max(300)).max(100).optional(),
    uses: z.array(SecretUse).min(1).max(2).optional(),
    /** Ids or slugs; null lifts the limit. */
    workflows: z.array(z.string().min(1).max(128)).max(1_000).nullable().optional(),
    source: SecretSource.optional(),
  })
  .meta({ id: 'SecretChange' });
export type SecretChange = z.infer<typeof SecretChange>;

/** `PUT /api/secrets/:name`. */
export const PutSecretRequest = withReadOnly(SecretChange, SecretCardReply).meta({ id: 'PutSecretRequest' });

/** `GET /api/secrets`. */
export const SecretsReply = z
  .object({
    /** Those that belong to the project, or to the installation where that is asked for; for who may set them. */
    secrets: z.array(SecretCardReply),
    /** Names that nodes of the project may use. */
    names: z.array(z.string()),
  })
  .meta({ id: 'SecretsReply' });
export type SecretsReply = z.infer<typeof SecretsReply>;

/** Query of the list: also whether only the names are wanted, which needs no look at the workflows. */
export const SecretsQuery = z.object({
  owner: z.literal('installation').optional(),
  show: z.literal('names').optional(),
});
export type SecretsQuery = z.infer<typeof SecretsQuery>;

/** Query of one secret: of the installation in place of the project. */
export const SecretOwnerQuery = z.object({ owner: z.literal('installation').optional() });
export type SecretOwnerQuery = z.infer<typeof SecretOwnerQuery>;
