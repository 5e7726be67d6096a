import { fromErrorValue, HeddleError, toHeddleError } from '../errors/heddle-error.js';
import { isStoreFault } from '../errors/store-fault.js';
import type { SourceChange, SourceDocument } from '../ports/sources/source-connector.js';
import type { LoadedDocument, SyncedDocument, SyncFailure, SyncState } from '../ports/sources/sync-parts.js';
import { canonicalJson } from '../values/json/canonical-json.js';
import type { SyncOptions } from './sync-options.js';

type Change = Exclude<SourceChange, { readonly type: 'listing' | 'checkpoint' }>;
type Stored = SyncedDocument & { readonly id: string };
/** The last report about a document. */
type Outcome =
  | {
      readonly type: 'stored';
      readonly document: LoadedDocument;
      readonly synced: Stored;
      readonly failure?: SyncFailure;
    }
  | { readonly type: 'unchanged' | 'removed' }
  | { readonly type: 'failed'; readonly failure: SyncFailure };

const longestId = 1_000;
const longestEtag = 4_000;
const longestNote = 100_000;
const longestTitle = 1_000;
const longestUrl = 8_192;

/** Errors of the whole source, not of a single document. */
const ofTheSource: ReadonlySet<string> = new Set([
  'aborted',
  'source_cursor_invalid',
  'source_rate_limited',
  'source_unauthorized',
  'source_unreachable',
  'secret_not_found',
  'secret_host_refused',
  'secret_needs_host',
  'secret_unreadable',
]);

type PageParts = Pick<SyncOptions, 'settings' | 'hash'> & {
  readonly state: Pick<SyncState, 'document'>;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
};

/** Changes that are stored together. If several are about one document, only the last counts. */
export class SyncPage {
  bytes = 0;
  private readonly outcomes = new Map<string, Outcome>();

  private readonly parts: PageParts;

  constructor(parts: PageParts) {
    this.parts = parts;
  }

  get size(): number {
    return this.outcomes.size;
  }

  async add(change: Change): Promise<void> {
    const id = change.type === 'upsert' ? change.document.id : change.id;
    if (!isId(id)) {
      const given: unknown = id;
      const shown =
        String(given)
          .replace(/[\p{Cc}\p{Cs}]/gu, '·')
          .slice(0, 200) || '·';
      this.fail(shown, new HeddleError('source_failed', `'${shown}' cannot be the id of a document.`));
      return;
    }
    if (change.type === 'delete') this.outcomes.set(id, { type: 'removed' });
    else if (change.type === 'failed') this.fail(id, fromErrorValue(change.error));
    else if (change.type === 'unchanged') await this.keep(id);
    else await this.takeIn(change.document);
  }

  take(): {
    readonly documents: readonly LoadedDocument[];
    readonly synced: readonly Stored[];
    readonly unchanged: readonly string[];
    readonly removed: readonly string[];
    readonly failed: readonly SyncFailure[];
  } {
    const all = [...this.outcomes];
    const ids = (type: Outcome['type']): string[] => all.flatMap(([id, one]) => (one.type === type ? [id] : []));
    const stored = all.flatMap(([, one]) => (one.type === 'stored' ? [one] : []));
    return {
      documents: stored.map(({ document }) => document),
      synced: stored.flatMap(({ synced, failure }) => (failure === undefined ? [synced] : [])),
      unchanged: ids('unchanged'),
      removed: ids('removed'),
      failed: all.flatMap(([, one]) => ('failure' in one && one.failure !== undefined ? [one.failure] : [])),
    };
  }

  /** Keeps a document that has not changed. If it is not known to be stored, the connector must load it in the next sync. */
  private async keep(id: string): Promise<void> {
    const known = await this.parts.state.document(id);
    if (known?.mark !== undefined) this.outcomes.set(id, { type: 'unchanged' });
    else
      this.fail(
        id,
        new HeddleError('source_failed', `'${id}' was reported as unchanged, but it is not stored: sync everything.`),
      );
  }

  private async load(document: SourceDocument): Promise<void> {
    const { state, hash, settings } = this.parts;
    const { content, note, failure, ...about } = document;
    const { id, etag, url } = about;
    checkLengths(document);
    const mark = hash(canonicalJson({ ...about, settings }));
    if (failure === undefined && etag !== undefined && (await state.document(id))?.mark === mark) {
      this.outcomes.set(id, { type: 'unchanged' });
      return;
    }
    const loaded = typeof content === 'function' ? await content() : { content };
    const size = loaded.content.length;
    if (size > this.parts.maxBytes) throw tooLarge(id, size, this.parts.maxBytes);
    this.bytes += size;
    this.outcomes.set(id, {
      type: 'stored',
      document: { ...about, ...loaded, mediaType: loaded.mediaType },
      synced: { id, etag, url, note, mark },
      failure: failure && failureOf(id, fromErrorValue(failure)),
    });
  }

  /** An error in one document does not stop the others. */
  private async takeIn(document: SourceDocument): Promise<void> {
    try {
      await this.load(document);
    } catch (error) {
      if (this.parts.signal.aborted || isStoreFault(error)) throw error;
      const known = toHeddleError(error, 'source_failed');
      if (ofTheSource.has(known.code)) throw known;
      this.fail(document.id, known);
    }
  }

  private fail(id: string, error: HeddleError): void {
    this.outcomes.set(id, { type: 'failed', failure: failureOf(id, error) });
  }
}

const failureOf = (id: string, { code, message }: HeddleError): SyncFailure => ({
  id,
  code,
  message: message.slice(0, 1_000),
});

const isId = (id: unknown): boolean =>
  typeof id === 'string' && id.length > 0 && id.length <= longestId && !/[\p{Cc}\p{Cs}]/u.test(id);

function checkLengths({ id, title = '', etag = '', note = '', url = '' }: SourceDocument): void {
  const long = [
    ['title', title.length, longestTitle],
    ['etag', etag.length, longestEtag],
    ['note', note.length, longestNote],
    ['url', url.length, longestUrl],
  ] as const;
  for (const [name, length, limit] of long)
    if (length > limit)
      throw new HeddleError('source_failed', `The ${name} of '${id}' has ${length} characters, more than ${limit}.`);
}

const tooLarge = (id: string, size: number, limit: number): HeddleError =>
  new HeddleError(
    'document_too_large',
    `'${id}' has ${size} bytes, more than the ${limit} that are read: split it at the source.`,
    { details: { size, limit } },
  );
