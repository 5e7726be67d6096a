import { z } from 'zod';
import { Readers } from '../../access/readers.js';
import { LabelLevel } from '../../labels/label.js';
import { SecretName } from '../../ports/secrets/secrets.js';
import { TimeZone } from '../channels.js';
import { withReadOnly } from '../read-only.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** The counts of a sync. */
export const SyncCounts = lazyObject(() => ({
  /** Documents that the source reported. */
  named: z.int().nonnegative(),
  stored: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
})).meta({ id: 'SyncCounts' });
export type SyncCounts = z.infer<typeof SyncCounts>;

/** When a source is synced automatically. */
export const SourceSchedule = lazyStrictObject(() => ({
  /** A cron expression with five fields. */
  cron: z.string().trim().min(1).max(200),
  timeZone: TimeZone.default('UTC'),
})).meta({ id: 'SourceSchedule' });
export type SourceSchedule = z.infer<typeof SourceSchedule>;

/** Id of a source. The ids of its documents begin with it. */
const SourceId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'Lower-case letters, digits and -, at most 40, starting with a letter' });

/** The settings of a source that can be changed. */
const settings = {
  title: z.string().trim().min(1).max(100),
  /** The configuration, in the schema of the source's kind. */
  config: z.record(z.string(), z.unknown()),
  /** The name of a secret of the project or of the installation. */
  secret: SecretName.optional(),
  /** The label of its documents; without it, the label of the collection. */
  label: LabelLevel.optional(),
  /**
   * Who may read its documents; null: everybody who may read the collection. Missing: the rules of the collection. If the source itself
   * reports readers of a document, those count.
   */
  readers: Readers.nullable().optional(),
  /** Without it, the source is synced only on request. */
  schedule: SourceSchedule.optional(),
  isPaused: z.boolean().default(false),
};

/** Body of `POST /api/collections/:name/sources`. */
export const CreateSourceRequest = lazyStrictObject(() => ({
  id: SourceId,
  kind: z.string().min(1).max(64),
  ...settings,
})).meta({ id: 'CreateSourceRequest' });
export type CreateSourceRequest = z.infer<typeof CreateSourceRequest>;

/** A source as it is stored. */
export const StoredSource = CreateSourceRequest.extend({
  collection: z.string(),
  project: z.string(),
  createdBy: z.string(),
  createdAt: z.number(),
  /** Whether it is being deleted with its documents, which takes a while. */
  isRemoving: z.boolean().default(false),
}).meta({ id: 'StoredSource' });
export type StoredSource = z.infer<typeof StoredSource>;

/** The state of a source. */
export const SourceState = lazyObject(() => ({
  /** The running job that syncs or removes it. */
  job: z.string().optional(),
  /** Documents that the source reported, including those that could not be imported. */
  documents: z.int().nonnegative(),
  /** Documents of the source that could not be imported. */
  failures: z.int().nonnegative(),
  /** The end of the last sync, milliseconds since the epoch. */
  syncedAt: z.number().optional(),
  /** The end of the last sync that changed something. */
  changedAt: z.number().optional(),
  /** The counts of the last sync. */
  counts: SyncCounts.optional(),
  /** Why the last sync failed. */
  error: z.object({ code: z.string(), message: z.string(), at: z.number() }).optional(),
  /** The time of the next scheduled sync. */
  nextAt: z.number().optional(),
})).meta({ id: 'SourceState' });
export type SourceState = z.infer<typeof SourceState>;

/** A source with its state. */
export const SourceReply = StoredSource.extend({ state: SourceState }).meta({ id: 'SourceReply' });
export type SourceReply = z.infer<typeof SourceReply>;
/** Reply of `GET /api/collections/:name/sources`. */
export const SourcesReply = z.object({ sources: z.array(SourceReply) }).meta({ id: 'SourcesReply' });
export type SourcesReply = z.infer<typeof SourcesReply>;

/** Body of `PATCH /api/collections/:name/sources/:source`. Missing fields do not change; null removes a secret, a label or a schedule. */
export const ChangeSourceRequest = withReadOnly(
  lazyStrictObject(() => ({
    title: settings.title.optional(),
    config: settings.config.optional(),
    secret: settings.secret.nullable(),
    label: LabelLevel.nullable().optional(),
    readers: settings.readers,
    schedule: SourceSchedule.nullable().optional(),
    isPaused: z.boolean().optional(),
  })),
  SourceReply,
).meta({ id: 'ChangeSourceRequest' });
export type ChangeSourceRequest = z.infer<typeof ChangeSourceRequest>;

/** Body of `POST …/sync`. */
export const SyncSourceRequest = lazyStrictObject(() => ({
  /** Lists everything, as if it were the first sync. */
  isFull: z.boolean().default(false),
  /** Allows a source that reports no documents to remove all of them. */
  mayEmpty: z.boolean().default(false),
}))
  .prefault({})
  .meta({ id: 'SyncSourceRequest' });
export type SyncSourceRequest = z.infer<typeof SyncSourceRequest>;

/** A document of a source that could not be imported. */
export const SourceFailure = lazyObject(() => ({
  id: z.string(),
  code: z.string(),
  message: z.string(),
  at: z.number(),
})).meta({ id: 'SourceFailure' });
export type SourceFailure = z.infer<typeof SourceFailure>;
/** Reply of `GET …/failures`, by id. */
export const SourceFailuresReply = z.object({ failures: z.array(SourceFailure) }).meta({ id: 'SourceFailuresReply' });

/** A kind of source, for forms. */
export const SourceKind = lazyObject(() => ({
  kind: z.string(),
  title: z.string(),
  description: z.string(),
  /** JSON Schema of the configuration. */
  config: z.record(z.string(), z.unknown()),
  secret: z.enum(['none', 'optional', 'required']),
  hasReaders: z.boolean(),
  isIncremental: z.boolean(),
})).meta({ id: 'SourceKind' });
export type SourceKind = z.infer<typeof SourceKind>;
/** Reply of `GET /api/sources/kinds`. */
export const SourceKindsReply = z.object({ kinds: z.array(SourceKind) }).meta({ id: 'SourceKindsReply' });
