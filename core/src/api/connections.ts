import { z } from 'zod';
import { GivenPerMinute, GivenPrice, GivenTokens } from './bounds.js';
import { Connection, ConnectionKind, ConnectionTest } from '../ports/connection.js';
import { withReadOnly } from './read-only.js';

const { limits, prices } = Connection.shape;

/** `POST /api/connections`: a connection as somebody writes it. */
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
      }),
    )
    .max(1000)
    .default([]),
}).meta({ id: 'SaveConnectionRequest' });

/** What a connection is doing now: its circuit breaker, its calls, and the calls that wait for it. */
export const ConnectionActivity = z
  .object({
    circuit: z.enum(['closed', 'open', 'half-open']),
    /** When a resting connection is tried again (epoch milliseconds). */
    retryAt: z.number().optional(),
    inFlight: z.int().nonnegative(),
    waiting: z.int().nonnegative(),
    /** The provider asked to wait until then (epoch milliseconds). */
    pausedUntil: z.number().optional(),
  })
  .meta({ id: 'ConnectionActivity' });
export type ConnectionActivity = z.infer<typeof ConnectionActivity>;

/** `GET /api/connections/:id`: the connection without its key, and where the key comes from. */
export const ConnectionReply = Connection.extend({
  key: z.enum(['vault', 'environment', 'none']),
  activity: ConnectionActivity,
  /** The last test since the connection or its key changed, and when it was made (epoch milliseconds). */
  lastTest: ConnectionTest.extend({ at: z.number() }).optional(),
}).meta({ id: 'ConnectionReply' });
export type ConnectionReply = z.infer<typeof ConnectionReply>;

/** `PUT /api/connections/:id`. */
export const ReplaceConnectionRequest = withReadOnly(SaveConnectionRequest, ConnectionReply).meta({
  id: 'ReplaceConnectionRequest',
});

/** `GET /api/connections`. */
export const ConnectionsReply = z.object({ connections: z.array(ConnectionReply) }).meta({ id: 'ConnectionsReply' });
export type ConnectionsReply = z.infer<typeof ConnectionsReply>;

/** `GET /api/connections/presets`. */
export const PresetsReply = z
  .object({
    presets: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        kind: ConnectionKind,
        baseUrl: z.string().optional(),
        needsKey: z.boolean(),
        isLocal: z.boolean(),
        hint: z.string(),
      }),
    ),
  })
  .meta({ id: 'PresetsReply' });
export type PresetsReply = z.infer<typeof PresetsReply>;

/** `POST /api/connections/:id/test`: without a model, the first one that the connection lists, or none. */
export const TestConnectionRequest = z
  .object({ model: z.string().min(1).max(256).optional() })
  .meta({ id: 'TestConnectionRequest' });
export type TestConnectionRequest = z.infer<typeof TestConnectionRequest>;

/** `PUT /api/connections/:id/key`: a value goes in, and never comes out. */
export const SetSecretRequest = z.object({ value: z.string().min(1).max(65_536) }).meta({ id: 'SetSecretRequest' });
export type SetSecretRequest = z.infer<typeof SetSecretRequest>;
