import { z } from 'zod';
import { SecretCard, SecretSource, SecretUse } from '../ports/secrets/secrets.js';
import { withReadOnly } from './read-only.js';
import { lazyObject } from '../values/lazy-object.js';

/** Reply of `GET /api/secrets/:name`: a secret without its value. */
export const SecretCardReply = SecretCard.extend({
  /** Milliseconds since the epoch; 0 for a secret from the environment or a folder without a card. */
  updatedAt: z.number(),
  /** Drafts and tool servers that refer to it. */
  usedBy: z.array(lazyObject(() => ({ kind: z.enum(['workflow', 'tool']), id: z.string(), title: z.string() }))),
}).meta({ id: 'SecretCardReply' });
export type SecretCardReply = z.infer<typeof SecretCardReply>;

/** The changes of `PUT /api/secrets/:name`. Missing fields do not change. */
export const SecretChange = lazyObject(() => ({
  value: z.string().min(1).max(65_536).optional(),
  hosts: z.array(z.string().min(1).max(300)).max(100).optional(),
  uses: z.array(SecretUse).min(1).max(2).optional(),
  /** Ids or slugs; null removes the limit. */
  workflows: z.array(z.string().min(1).max(128)).max(1_000).nullable().optional(),
  source: SecretSource.optional(),
})).meta({ id: 'SecretChange' });
export type SecretChange = z.infer<typeof SecretChange>;

/** Body of `PUT /api/secrets/:name`. */
export const PutSecretRequest = withReadOnly(SecretChange, SecretCardReply).meta({ id: 'PutSecretRequest' });

/** Reply of `GET /api/secrets`. */
export const SecretsReply = lazyObject(() => ({
  /** Secrets of the project, or of the installation if requested; only for callers who may set them. */
  secrets: z.array(SecretCardReply),
  /** Names of the secrets that nodes of the project may use. */
  names: z.array(z.string()),
})).meta({ id: 'SecretsReply' });
export type SecretsReply = z.infer<typeof SecretsReply>;

/** Query of the list. With only the names, the server does not read the workflows. */
export const SecretsQuery = lazyObject(() => ({
  owner: z.literal('installation').optional(),
  show: z.literal('names').optional(),
}));
export type SecretsQuery = z.infer<typeof SecretsQuery>;

/** Query of one secret: of the installation instead of the project. */
export const SecretOwnerQuery = z.object({ owner: z.literal('installation').optional() });
export type SecretOwnerQuery = z.infer<typeof SecretOwnerQuery>;
