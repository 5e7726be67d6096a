import { isDone } from '@heddle/adapters/database';
import { createHash } from 'node:crypto';
import {
  HeddleError,
  isAtMost,
  jsonSchemaOf,
  sourceNotFound,
  syncSource,
  toErrorValue,
  withoutUndefined,
  type Audit,
  type AuditActor,
  type AuditEvent,
  type ChangeSourceRequest,
  type Clock,
  type CreateSourceRequest,
  type GuardedWrite,
  type JobReply,
  type SourceConnector,
  type SourceFailure,
  type SourceKind,
  type SourceName,
  type SourceRecord,
  type SourceReply,
  type SourceStore,
  type StoredSource,
  type SyncReport,
  type SyncSourceRequest,
} from '@heddle/core';
import { z } from 'zod';
import { cronTimes } from '../channels/schedules/cron-times.js';
import type { CollectionService } from '../collections/collection.service.js';
import type { Lazy } from '../common/lazy.js';
import type { Log } from '../common/log.js';
import type { JobRequest, JobService, JobWork } from '../jobs/job.service.js';
import { checkSecret, removeWorkFolder, requestOf, type SourceAccessParts } from './source-access.js';
import { createSourceTarget, documentIdOf } from './source-target.js';

/** What a job does with a source, stored so that a later process can continue it. */
const SourceOrder = z.object({
  source: z.string(),
  isFull: z.boolean().optional(),
  mayEmpty: z.boolean().optional(),
  /** Set if the job removes the source with its documents. */
  isRemoval: z.boolean().optional(),
});
type SourceOrder = z.infer<typeof SourceOrder>;

interface SourceParts extends SourceAccessParts {
  readonly store: SourceStore;
  readonly connectors: Lazy<readonly SourceConnector[]>;
  readonly collections: Pick<CollectionService, 'get' | 'ingestFromSource' | 'removeFromSource'>;
  readonly jobs: Pick<JobService, 'start' | 'cancel' | 'elsewhere'>;
  readonly audit: Pick<Audit, 'write' | 'commit'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A requested job; the promise gives its id once it has one. */
interface ActiveJob {
  readonly jobId: Promise<string>;
}

const mostSources = 100;
const removedAtOnce = 200;

/** Manages the sources of collections: their settings, syncs and state. */
export class SourceService {
  /** The queued or running job of each source. */
  private readonly active = new Map<string, ActiveJob>();
  /** Called when a schedule may have changed. */
  onChange: () => void = () => undefined;

  constructor(private readonly parts: SourceParts) {}

  async kinds(): Promise<readonly SourceKind[]> {
    return (await this.parts.connectors.get()).map(describeKind);
  }

  /** Errors: `collection_not_found`. */
  async list(collection: string): Promise<readonly SourceReply[]> {
    await this.parts.collections.get(collection);
    const records = await this.parts.store.list(collection);
    return Promise.all(records.map((record) => this.replyOf(record)));
  }

  /** Errors: `source_not_found`. */
  async get(name: SourceName): Promise<SourceReply> {
    return this.replyOf(await this.found(name));
  }

  /** Lists the documents that could not be imported, by id. Errors: `source_not_found`. */
  async failures(
    name: SourceName,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly SourceFailure[]> {
    await this.found(name);
    return this.parts.store.failures(name, page);
  }

  /**
   * Creates a source. Errors: `collection_not_found`, `source_exists`, `source_invalid`, `schedule_invalid`, `secret_not_found`,
   * `label_refused`.
   */
  async create(
    collection: string,
    request: CreateSourceRequest,
    project: string,
    by: AuditActor,
  ): Promise<SourceReply> {
    const { store, audit, clock } = this.parts;
    if ((await store.list(collection)).length >= mostSources)
      throw new HeddleError('source_invalid', `A collection has at most ${mostSources} sources.`);
    const made = { ...request, collection, project, createdBy: by.who, createdAt: clock.now(), isRemoving: false };
    const source = await this.checked(made);
    const details = { step: 'source made', source: source.id, kind: source.kind } as const;
    const event = { kind: 'collection', ...by, subject: `collection:${collection}`, details } as const;
    await audit.commit(event, store.write.insert(source));
    if (!source.isPaused) await this.start(source, {});
    this.onChange();
    return this.get(source);
  }

  /**
   * Changes only the given settings. Stops a running sync and begins another. Errors: as `create`, `source_not_found`, `conflict` if
   * another request changed the source in the meantime.
   */
  async change(name: SourceName, request: ChangeSourceRequest, by: AuditActor): Promise<SourceReply> {
    const { store, audit } = this.parts;
    const { source: before, revision } = await this.found(name);
    if (before.isRemoving) throw beingRemoved(name);
    const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
    const { secret, label, schedule } = { ...before, ...given };
    const source = await this.checked({
      ...before,
      ...given,
      secret: secret ?? undefined,
      label: label ?? undefined,
      schedule: schedule ?? undefined,
    });
    const isOther = ['config', 'secret', 'label', 'readers'].some((key) => Object.hasOwn(given, key));
    const details = { step: 'source changed', source: source.id, kind: source.kind } as const;
    const event = { kind: 'collection', ...by, subject: `collection:${name.collection}`, details } as const;
    await audit.commit(event, store.write.replace(source, { isAnew: isOther, revision }));
    await this.stop(name);
    const isResumed = before.isPaused && !source.isPaused;
    if (!source.isPaused && (isOther || isResumed)) await this.start(source, {});
    this.onChange();
    return this.get(name);
  }

  /** Starts a sync, or returns the sync job that is already running. Errors: `source_not_found`, `source_paused`, `conflict`. */
  async sync(name: SourceName, request: SyncSourceRequest, by?: AuditActor): Promise<{ readonly jobId: string }> {
    const { source } = await this.found(name);
    if (source.isRemoving) throw beingRemoved(name);
    if (source.isPaused)
      throw new HeddleError('source_paused', `The source '${name.id}' is paused: continue it to sync it.`);
    await this.parts.collections.get(name.collection);
    const running = await this.jobOf(name);
    const { isFull, mayEmpty } = request;
    if (running !== undefined && (isFull || mayEmpty))
      throw new HeddleError('conflict', `The source '${name.id}' is being synced: wait for the end, or stop its job.`);
    const jobId = running ?? (await this.start(source, { isFull, mayEmpty }));
    const details = { step: 'source sync asked for', source: name.id, job: jobId } as const;
    if (by !== undefined)
      await this.parts.audit.write({ kind: 'collection', ...by, subject: `collection:${name.collection}`, details });
    return { jobId };
  }

  /**
   * Starts the scheduled sync of a source, once: several processes may find that it is due, but only one begins a job, in the same commit
   * that stores the time. If a sync is already running, it counts as the scheduled one.
   */
  async syncAtTime({ source, firedAt: from }: SourceRecord, to: number): Promise<void> {
    const { store } = this.parts;
    const time = { from, to };
    if ((await this.jobOf(source)) !== undefined) await store.fired(source, time);
    else await isDone(this.start(source, {}, store.write.fired(source, time)).then(() => undefined));
  }

  /** Removes a source. If its documents are removed too, a job does the work. Errors: `source_not_found`. */
  async remove(name: SourceName, documents: 'keep' | 'remove', by: AuditActor): Promise<{ readonly jobId?: string }> {
    const { store, audit } = this.parts;
    const { source, revision } = await this.found(name);
    const event = (kept: 'kept' | 'removed'): AuditEvent => ({
      kind: 'collection',
      ...by,
      subject: `collection:${name.collection}`,
      details: { step: 'source removed', source: name.id, documents: kept },
    });
    if (documents === 'keep') {
      await audit.commit(event('kept'), store.write.remove(name));
      await this.stop(name);
      await removeWorkFolder(source, this.parts.workFolder);
      this.onChange();
      return {};
    }
    const removed = { ...source, isPaused: true, isRemoving: true };
    await audit.commit(event('removed'), store.write.replace(removed, { isAnew: false, revision }));
    await this.stop(name);
    this.onChange();
    return { jobId: await this.start(removed, { isRemoval: true }) };
  }

  /** Describes how to continue a job that an earlier process left. */
  leftJob({ jobId, subject }: Pick<JobReply, 'jobId' | 'subject'>, work: unknown): JobRequest {
    const order = SourceOrder.parse(work);
    const name = { collection: subject, id: order.source };
    const active = { jobId: Promise.resolve(jobId) };
    this.active.set(keyOf(name), active);
    return this.jobRequest(name, order, active);
  }

  /** Starts removals that were stored without a job, because a process ended between the two steps. */
  async resume(): Promise<void> {
    for (const { source } of await this.parts.store.list())
      if (source.isRemoving && (await this.jobOf(source)) === undefined) await this.start(source, { isRemoval: true });
  }

  private async found(name: SourceName): Promise<SourceRecord> {
    const record = await this.parts.store.find(name);
    if (record === undefined) throw sourceNotFound(name);
    return record;
  }

  private async connectorOf(kind: string): Promise<SourceConnector> {
    const connectors = await this.parts.connectors.get();
    const connector = connectors.find((one) => one.kind === kind);
    if (connector !== undefined) return connector;
    const known = connectors.map((one) => one.kind).join(', ');
    throw new HeddleError('source_invalid', `There is no kind of source '${kind.slice(0, 64)}': take one of ${known}.`);
  }

  /** Gives the source with its configuration parsed by the schema of its connector. */
  private async checked(source: StoredSource): Promise<StoredSource> {
    const { secretAccess, collections } = this.parts;
    const { label: ofCollection } = await collections.get(source.collection);
    const { config, capabilities, title } = await this.connectorOf(source.kind);
    const parsed = config.safeParse(source.config);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const field = issue?.path.join('.') ?? '';
      throw new HeddleError(
        'source_invalid',
        `The source '${source.id}' is not set up correctly: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'it does not fit'}.`,
        { details: { field } },
      );
    }
    if (source.secret === undefined && capabilities.secret === 'required')
      throw new HeddleError(
        'source_invalid',
        `A source of the kind '${title}' needs a secret: set one on the Secrets page.`,
      );
    if (source.secret !== undefined && capabilities.secret === 'none')
      throw new HeddleError('source_invalid', `A source of the kind '${title}' takes no secret.`);
    await checkSecret(source, secretAccess);
    if (source.label !== undefined && !isAtMost(source.label, ofCollection.level))
      throw new HeddleError(
        'label_refused',
        `The collection '${source.collection}' takes at most ${ofCollection.level}, and the source is ${source.label}.`,
      );
    if (source.schedule !== undefined) await cronTimes(source.schedule);
    return withoutUndefined({ ...source, config: parsed.data as StoredSource['config'] });
  }

  /** Finds the job that syncs or removes a source, in this or another process. */
  private jobOf(name: SourceName): Promise<string | undefined> {
    return this.active.get(keyOf(name))?.jobId ?? this.parts.jobs.elsewhere(queueOf(name));
  }

  /**
   * Starts a job, or returns the job that another process has started in the meantime. `first` are writes that go into the same commit.
   * Errors: those of the writes.
   */
  private async start(
    source: StoredSource,
    order: Omit<SourceOrder, 'source'>,
    first: readonly GuardedWrite[] = [],
  ): Promise<string> {
    const name = { collection: source.collection, id: source.id };
    let resolveId: (jobId: string) => void = () => undefined;
    let refused: (error: unknown) => void = () => undefined;
    const jobId = new Promise<string>((resolve, reject) => {
      [resolveId, refused] = [resolve, reject];
    });
    const active = { jobId };
    this.active.set(keyOf(name), active);
    try {
      const request = this.jobRequest(name, { ...order, source: source.id }, active);
      resolveId((await this.parts.jobs.start({ ...request, first })).jobId);
    } catch (error) {
      this.end(name, active);
      const isElsewhere = error instanceof HeddleError && error.code === 'job_exists';
      const other = isElsewhere ? await this.parts.jobs.elsewhere(queueOf(name)) : undefined;
      if (other === undefined) refused(error);
      else resolveId(other);
    }
    return jobId;
  }

  private end(name: SourceName, active: ActiveJob): void {
    if (this.active.get(keyOf(name)) === active) this.active.delete(keyOf(name));
  }

  private async stop(name: SourceName): Promise<void> {
    const running = this.active.get(keyOf(name));
    const jobId = await this.jobOf(name);
    if (running !== undefined) this.end(name, running);
    if (jobId !== undefined) await this.parts.jobs.cancel(jobId);
  }

  private jobRequest(name: SourceName, order: SourceOrder, active: ActiveJob): JobRequest {
    return {
      kind: 'sync',
      subject: name.collection,
      // Jobs of one source run one after the other; jobs of different sources do not wait for each other.
      queue: queueOf(name),
      only: queueOf(name),
      work: order,
      run: (work) => (order.isRemoval === true ? this.removeAll(name, work) : this.syncNow(name, order, work)),
      cleanUp: () => {
        this.end(name, active);
        return Promise.resolve();
      },
    };
  }

  private async syncNow(name: SourceName, order: SourceOrder, { signal, report }: JobWork): Promise<SyncReport> {
    const { store, collections, clock, log } = this.parts;
    const { source, error: before } = await this.found(name);
    if (source.isPaused || source.isRemoving) throw new HeddleError('aborted', `The source '${name.id}' is paused.`);
    try {
      const connector = await this.connectorOf(source.kind);
      const { label, readers, kind, collection } = source;
      const isUntrusted = connector.capabilities.isUntrusted === true;
      const target = { collection, source: source.id, kind, label, readers, isUntrusted, signal };
      const counts = await syncSource({
        connector,
        request: await requestOf(source, connector.config.parse(source.config), this.parts, signal),
        state: store.stateOf(name),
        target: await createSourceTarget(collections, target),
        settings: { label, readers },
        hash: (text) => createHash('sha256').update(text).digest('base64url'),
        ...withoutUndefined({ isFull: order.isFull, mayEmpty: order.mayEmpty }),
        onProgress: (now) =>
          report({
            documents: now.named,
            done: now.stored + now.unchanged + now.removed,
            failed: now.failed,
            source: name.id,
          }),
      });
      await store.ended(name, { at: clock.now(), counts });
      await this.recordSync(source, counts);
      return counts;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const error = toErrorValue(thrown, 'source_failed');
      log.warn({ collection: name.collection, source: name.id, code: error.code }, 'a source could not be synced');
      await store.ended(name, { at: clock.now(), error: { code: error.code, message: error.message } });
      if (before?.code !== error.code) await this.recordFailure(source, error.code);
      throw thrown;
    }
  }

  /** Writes no audit event for a sync that changed nothing, because a source can sync every minute. */
  private async recordSync({ collection, id, project }: StoredSource, counts: SyncReport): Promise<void> {
    if (counts.stored + counts.removed + counts.failed === 0) return;
    const details = { step: 'source synced', source: id, ...counts } as const;
    const actor = { who: 'heddle', project };
    await this.parts.audit.write({ kind: 'collection', ...actor, subject: `collection:${collection}`, details });
  }

  private async recordFailure({ collection, id, project }: StoredSource, code: string): Promise<void> {
    const details = { step: 'source sync failed', source: id, code } as const;
    const actor = { who: 'heddle', project };
    await this.parts.audit.write({ kind: 'collection', ...actor, subject: `collection:${collection}`, details });
  }

  private async removeAll(name: SourceName, { signal, report }: JobWork): Promise<{ readonly removed: number }> {
    const { store, collections } = this.parts;
    let removed = 0;
    for (;;) {
      signal.throwIfAborted();
      const ids = await store.documents(name, { limit: removedAtOnce });
      if (ids.length === 0) break;
      await collections.removeFromSource(
        name.collection,
        ids.map((id) => documentIdOf(name.id, id)),
      );
      await store.forgetDocuments(name, ids);
      removed += ids.length;
      report({ documents: removed, done: removed, source: name.id });
    }
    await removeWorkFolder({ collection: name.collection, id: name.id }, this.parts.workFolder);
    await store.remove(name);
    return { removed };
  }

  private async replyOf({ source, firedAt: _, revision: _of, ...state }: SourceRecord): Promise<SourceReply> {
    const { schedule, isPaused } = source;
    const nextAt =
      schedule === undefined || isPaused
        ? undefined
        : await cronTimes(schedule).then(
            (times) => times.after(this.parts.clock.now(), 1)[0],
            () => undefined,
          );
    const job = await this.jobOf(source);
    return { ...source, state: withoutUndefined({ ...state, job, nextAt }) };
  }
}

/** With this key, only one job of a source runs at a time, in all processes. */
const queueOf = (name: SourceName): string => `sync ${keyOf(name)}`;

const keyOf = ({ collection, id }: SourceName): string => `${collection}/${id}`;

const beingRemoved = ({ id }: SourceName): HeddleError =>
  new HeddleError('conflict', `The source '${id}' is being removed with its documents.`);

function describeKind({ kind, title, description, config, capabilities }: SourceConnector): SourceKind {
  const { secret, hasReaders, isIncremental } = capabilities;
  return { kind, title, description, config: jsonSchemaOf(config), secret, hasReaders, isIncremental };
}
