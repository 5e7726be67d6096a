import { z } from 'zod';
import { queryNumber } from '../query/query-values.js';
import { lazyObject } from '../../values/lazy-object.js';

/** A file in OpenAI's format. Times are seconds since 1970. */
export const OpenAiFile = lazyObject(() => ({
  id: z.string(),
  object: z.literal('file'),
  bytes: z.int(),
  created_at: z.int(),
  expires_at: z.int().nullable(),
  filename: z.string(),
  purpose: z.enum(['batch', 'batch_output']),
  status: z.literal('processed'),
})).meta({ id: 'OpenAiFile' });
export type OpenAiFile = z.infer<typeof OpenAiFile>;

const page = { first_id: z.string().nullable(), last_id: z.string().nullable(), has_more: z.boolean() };

/** Query of `GET /v1/files`. */
export const OpenAiFilesQuery = lazyObject(() => ({
  purpose: z.string().max(64).optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().max(64).optional(),
  limit: queryNumber(z.int().min(1).max(10_000)).default(10_000),
}));
export type OpenAiFilesQuery = z.infer<typeof OpenAiFilesQuery>;

/** Reply of `GET /v1/files`. */
export const OpenAiFilesReply = lazyObject(() => ({
  object: z.literal('list'),
  data: z.array(OpenAiFile),
  ...page,
})).meta({ id: 'OpenAiFilesReply' });
export type OpenAiFilesReply = z.infer<typeof OpenAiFilesReply>;

/** Reply of `DELETE /v1/files/:id`. */
export const OpenAiFileDeleted = lazyObject(() => ({
  id: z.string(),
  object: z.literal('file'),
  deleted: z.literal(true),
})).meta({ id: 'OpenAiFileDeleted' });
export type OpenAiFileDeleted = z.infer<typeof OpenAiFileDeleted>;

/** The routes that a line of a batch may call. */
export const BatchEndpoint = z.enum(['/v1/chat/completions', '/v1/responses'], {
  error: 'a batch answers /v1/chat/completions or /v1/responses',
});
export type BatchEndpoint = z.infer<typeof BatchEndpoint>;

const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, { error: 'at most 16 pairs' });

/** When a file expires: this many seconds after its creation. */
export const ExpiresAfter = lazyObject(() => ({
  anchor: z.literal('created_at'),
  seconds: z.int().min(3_600).max(2_592_000),
}));

/** Body of `POST /v1/batches`. */
export const CreateOpenAiBatchRequest = z
  .looseObject({
    input_file_id: z.string().min(1).max(64),
    endpoint: BatchEndpoint,
    completion_window: z.literal('24h'),
    metadata: Metadata.nullish(),
    output_expires_after: ExpiresAfter.nullish(),
  })
  .meta({ id: 'CreateOpenAiBatchRequest' });
export type CreateOpenAiBatchRequest = z.infer<typeof CreateOpenAiBatchRequest>;

/** A batch in OpenAI's format. */
export const OpenAiBatch = lazyObject(() => ({
  id: z.string(),
  object: z.literal('batch'),
  endpoint: BatchEndpoint,
  model: z.string(),
  errors: z.null(),
  input_file_id: z.string(),
  completion_window: z.literal('24h'),
  status: z.enum(['in_progress', 'finalizing', 'completed', 'cancelling', 'cancelled']),
  output_file_id: z.string().nullable(),
  error_file_id: z.string().nullable(),
  created_at: z.int(),
  in_progress_at: z.int(),
  expires_at: z.null(),
  finalizing_at: z.int().nullable(),
  completed_at: z.int().nullable(),
  failed_at: z.null(),
  expired_at: z.null(),
  cancelling_at: z.int().nullable(),
  cancelled_at: z.int().nullable(),
  request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
  metadata: Metadata.nullable(),
})).meta({ id: 'OpenAiBatch' });
export type OpenAiBatch = z.infer<typeof OpenAiBatch>;

/** Query of `GET /v1/batches`. */
export const OpenAiBatchesQuery = lazyObject(() => ({
  after: z.string().max(64).optional(),
  limit: queryNumber(z.int().min(1).max(100)).default(20),
}));
export type OpenAiBatchesQuery = z.infer<typeof OpenAiBatchesQuery>;

/** Reply of `GET /v1/batches`. */
export const OpenAiBatchesReply = lazyObject(() => ({
  object: z.literal('list'),
  data: z.array(OpenAiBatch),
  ...page,
})).meta({ id: 'OpenAiBatchesReply' });
export type OpenAiBatchesReply = z.infer<typeof OpenAiBatchesReply>;
