import { z } from 'zod';
import { GivenPerMinute, GivenPrice, GivenTokens } from './bounds.js';
import { Connection, ConnectionKind, ConnectionTest } from '../ports/connection.js';
import { withReadOnly } from './read-only.js';
import { lazyObject } from '../values/lazy-object.js';

const { limits, prices } = Connection.shape;

/** Body of `POST /api/connections`. */
export const SaveConnectionRequest = Connection.extend({
  limits: limits
    .unwrap()
    .extend({ requestsPerMinute: GivenPerMinute.optional(), tokensPerMinute: GivenTokens.optional() })
    .default({ concurrency: 16 }),
  prices: z
    .array(
      prices.unwrap().element.extend({
        inputPerMillion: GivenPrice,
        outputPerMillion: GivenPrice,
        cachedPerMillion: GivenPrice.optional(),
        cacheWritePerMillion: GivenPrice.optional(),
        perThousandSearches: GivenPrice.optional(),
      }),
    )
    .max(1000)
    .default([]),
}).meta({ id: 'SaveConnectionRequest' });

/** The activity of a connection: its circuit breaker, its calls and its waiting calls. */
export const ConnectionActivity = lazyObject(() => ({
  circuit: z.enum(['closed', 'open', 'half-open']),
  /** When a blocked connection is tried again (milliseconds since the epoch). */
  retryAt: z.number().optional(),
  inFlight: z.int().nonnegative(),
  waiting: z.int().nonnegative(),
  /** The provider asked to wait until this time (milliseconds since the epoch). */
  pausedUntil: z.number().optional(),
})).meta({ id: 'ConnectionActivity' });
export type ConnectionActivity = z.infer<typeof ConnectionActivity>;

/** Reply of `GET /api/connections/:id`: the connection without its key, and the source of the key. */
export const ConnectionReply = Connection.extend({
  key: z.enum(['vault', 'environment', 'none']),
  activity: ConnectionActivity,
  /** The last test since the connection or its key changed, with its time (milliseconds since the epoch). */
  lastTest: ConnectionTest.extend({ at: z.number() }).optional(),
}).meta({ id: 'ConnectionReply' });
export type ConnectionReply = z.infer<typeof ConnectionReply>;

/** Body of `PUT /api/connections/:id`. */
export const ReplaceConnectionRequest = withReadOnly(SaveConnectionRequest, ConnectionReply).meta({
  id: 'ReplaceConnectionRequest',
});

/** Reply of `GET /api/connections`. */
export const ConnectionsReply = z.object({ connections: z.array(ConnectionReply) }).meta({ id: 'ConnectionsReply' });
export type ConnectionsReply = z.infer<typeof ConnectionsReply>;

/** Reply of `GET /api/connections/presets`. */
export const PresetsReply = z
  .object({
    presets: z.array(
      lazyObject(() => ({
        id: z.string(),
        title: z.string(),
        kind: ConnectionKind,
        baseUrl: z.string().optional(),
        needsKey: z.boolean(),
        isLocal: z.boolean(),
        hint: z.string(),
      })),
    ),
  })
  .meta({ id: 'PresetsReply' });
export type PresetsReply = z.infer<typeof PresetsReply>;

/** Body of `POST /api/connections/:id/test`. Without a model, the first listed model is tested. */
export const TestConnectionRequest = z
  .object({ model: z.string().min(1).max(256).optional() })
  .meta({ id: 'TestConnectionRequest' });
export type TestConnectionRequest = z.infer<typeof TestConnectionRequest>;

/** Body of `PUT /api/connections/:id/key`. The value is never returned. */
export const SetSecretRequest = z
  .object({
    /** Spaces and line breaks around a pasted key are removed. Characters that are not allowed in a header are refused. */
    value: z
      .string()
      .min(1)
      .max(65_536)
      .regex(
        /^[\t\n\r \u00a0]*[!-~]+[\t\n\r \u00a0]*$/,
        'A key has letters, digits and signs without spaces: paste it again.',
      ),
  })
  .meta({ id: 'SetSecretRequest' });
export type SetSecretRequest = z.infer<typeof SetSecretRequest>;
