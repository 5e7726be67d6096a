import { HeddleError, toHeddleError } from '../errors/heddle-error.js';
import type { KnownDocument, SourceChange } from '../ports/sources/source-connector.js';
import type { SyncPosition, SyncReport, SyncState } from '../ports/sources/sync-parts.js';
import type { SyncOptions } from './sync-options.js';
import { SyncPage } from './sync-page.js';

/** Maximum number of attempts without progress before a sync fails. */
const mostAttempts = 5;
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** Maximum wait that a source may request. If it requests more, the sync ends and the source is tried again at its next scheduled time. */
const longestAskedMs = 900_000;
/** Maximum number of documents, and of bytes, that are imported together. */
const pageDocuments = 64;
const pageBytes = 32_000_000;
const removedAtOnce = 200;
const longestCursor = 8_000_000;

/**
 * Updates a collection to the current state of a source. Each cursor is stored after the documents that precede it, so a process that ends
 * at any point may repeat work but loses none. Errors: those of the connector, `source_failed`, `source_empty`, `aborted`.
 *
 * @example const { stored, removed } = await syncSource({ connector, request, state, target, settings: {}, hash });
 */
export async function syncSource<Config>(options: SyncOptions<Config>): Promise<SyncReport> {
  const { request, state } = options;
  const sync = new Sync(options);
  if (options.isFull === true) await sync.forgetCursor(await state.position());
  let isCursorForgotten = false;
  for (let attempt = 1, waitMs = firstWaitMs; ; attempt += 1) {
    const before = sync.commits;
    try {
      await sync.pass();
      return sync.report();
    } catch (thrown) {
      if (request.signal.aborted) throw stopped(thrown);
      const error = toHeddleError(thrown, 'source_failed');
      if (sync.commits > before) [attempt, waitMs] = [1, firstWaitMs];
      if (error.code === 'source_cursor_invalid' && !isCursorForgotten) {
        isCursorForgotten = true;
        await sync.forgetCursor(await state.position());
        continue;
      }
      const asked = askedWait(error);
      if (!error.retryable || attempt >= mostAttempts || (asked ?? 0) > longestAskedMs) throw error;
      await request.wait(asked ?? waitMs);
      waitMs = Math.min(2 * waitMs, longestWaitMs);
    }
  }
}

function askedWait({ details }: HeddleError): number | undefined {
  const asked = details?.['retryAfterMs'];
  return typeof asked === 'number' && Number.isFinite(asked) && asked >= 0 ? asked : undefined;
}

const stopped = (cause: unknown): HeddleError =>
  new HeddleError('aborted', 'The sync was stopped: the next one continues from the last checkpoint.', { cause });

class Sync<Config> {
  commits = 0;
  private readonly counts = { named: 0, stored: 0, unchanged: 0, removed: 0, failed: 0 };

  private readonly options: SyncOptions<Config>;

  constructor(options: SyncOptions<Config>) {
    this.options = options;
  }

  report(): SyncReport {
    return { ...this.counts };
  }

  async forgetCursor({ listing }: SyncPosition): Promise<void> {
    const position = { listing, isListing: false };
    await this.options.state.commit({ stored: [], unchanged: [], removed: [], failed: [], position });
  }

  /** Reads the changes from the last checkpoint to the end. */
  async pass(): Promise<void> {
    const { connector, request, state } = this.options;
    let position = await state.position();
    let page = this.newPage();
    const { cursor } = position;
    const known = async (id: string): Promise<KnownDocument | undefined> => {
      const found = await state.document(id);
      if (found === undefined) return undefined;
      const { mark, ...rest } = found;
      return { ...rest, isStored: mark !== undefined };
    };
    const changes = connector.changes({ ...request, cursor, known });
    try {
      for await (const change of changes) {
        request.signal.throwIfAborted();
        if (change.type === 'listing') {
          await this.store(page, position);
          position = { listing: position.listing + 1, isListing: true };
          page = this.newPage();
          await this.store(page, position);
        } else if (change.type === 'checkpoint') {
          const before = page;
          page = this.newPage();
          position = await this.check(change, before, position);
        } else {
          await page.add(change);
          if (page.size < pageDocuments && page.bytes < pageBytes) continue;
          const before = page;
          page = this.newPage();
          await this.store(before, position);
        }
      }
      request.signal.throwIfAborted();
    } catch (error) {
      // Changes before the error are still valid.
      if (!request.signal.aborted) await this.store(page, position);
      throw error;
    }
    await this.store(page, position);
    if (position.isListing) throw cutListing();
  }

  private newPage(): SyncPage {
    const { state, settings, hash, request } = this.options;
    return new SyncPage({ state, settings, hash, signal: request.signal, maxBytes: request.maxBytes });
  }

  /** Stores the changes before a checkpoint, then its cursor. At the end of a listing, removes the documents that it did not name. */
  private async check(
    { cursor, isComplete = false }: Extract<SourceChange, { readonly type: 'checkpoint' }>,
    page: SyncPage,
    position: SyncPosition,
  ): Promise<SyncPosition> {
    if (cursor !== undefined && cursor.length > longestCursor)
      throw new HeddleError('source_failed', `The cursor has ${cursor.length} characters, more than ${longestCursor}.`);
    if (!isComplete || !position.isListing) {
      const next = { ...position, cursor };
      await this.store(page, next);
      return next;
    }
    await this.store(page, position);
    await this.removeUnlisted(position);
    const next = { listing: position.listing, isListing: false, cursor };
    await this.store(this.newPage(), next);
    return next;
  }

  private async removeUnlisted(position: SyncPosition): Promise<void> {
    const { state, target, request, mayEmpty = false } = this.options;
    for (;;) {
      request.signal.throwIfAborted();
      const { ids: removed, hasNamed } = await state.unlisted(removedAtOnce);
      if (removed.length === 0) return;
      if (!mayEmpty && !hasNamed) throw emptied(removed.length);
      await target.remove(removed);
      await this.commit({ stored: [], unchanged: [], removed, failed: [], position });
    }
  }

  private async store(page: SyncPage, position: SyncPosition): Promise<void> {
    const { target, state } = this.options;
    const { documents, removed, unchanged, synced, failed } = page.take();
    if (documents.length > 0) await state.expect(documents.map(({ id }) => id));
    const put = documents.length === 0 ? { unchanged: [], failed: [] } : await target.put(documents);
    const bad = new Set(put.failed.map(({ id }) => id));
    if (removed.length > 0) await target.remove(removed);
    const stored = synced.filter(({ id }) => !bad.has(id));
    const same = new Set(put.unchanged);
    await this.commit(
      { stored, unchanged, removed, failed: [...failed.filter(({ id }) => !bad.has(id)), ...put.failed], position },
      stored.filter(({ id }) => same.has(id)).length,
    );
  }

  private async commit(change: Parameters<SyncState['commit']>[0], same = 0): Promise<void> {
    const { counts, options } = this;
    await options.state.commit(change);
    const { stored, unchanged, removed, failed } = change;
    if (stored.length + unchanged.length + removed.length + failed.length > 0) this.commits += 1;
    counts.named += stored.length + unchanged.length + failed.length;
    counts.stored += stored.length - same;
    counts.unchanged += unchanged.length + same;
    counts.removed += removed.length;
    counts.failed += failed.length;
    options.onProgress?.(this.report());
  }
}

const cutListing = (): HeddleError =>
  new HeddleError('source_failed', 'The listing of the source ended before it was complete: nothing was removed.');

const emptied = (documents: number): HeddleError =>
  new HeddleError(
    'source_empty',
    `The source reported no documents, but the collection contains at least ${documents} from it: nothing was removed. If the source is really empty, sync it again and allow this.`,
  );
