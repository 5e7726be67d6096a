import { HeddleError, withoutUndefined } from '@heddle/core';
import { z } from 'zod';
import { pause, type Connection, type PineconeAnswer } from './connection.js';

/** A metadata filter in Pinecone's format. */
export type Condition = Readonly<Record<string, unknown>>;

/** A record as Pinecone stores it. Metadata are texts, numbers and lists of texts; every record has all fields. */
export interface Row {
  readonly id: string;
  readonly values?: readonly number[];
  readonly sparseValues?: { readonly indices: readonly number[]; readonly values: readonly number[] };
  readonly metadata: Readonly<Record<string, string | number | readonly string[]>>;
}

const Found = z.object({
  id: z.string(),
  values: z.array(z.number()).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
/** A record that was read. */
export type Found = z.infer<typeof Found>;

const Page = z.object({ next: z.string().optional() }).nullish();
const Fetched = z.object({ vectors: z.record(z.string(), Found).default({}), pagination: Page });
const Listed = z.object({ vectors: z.array(z.object({ id: z.string() })).default([]), pagination: Page });
const Matches = z.object({ matches: z.array(z.object({ id: z.string(), score: z.number().default(0) })).default([]) });
const Upserted = z.object({ upsertedCount: z.coerce.number() });
const Updated = z.object({ matchedRecords: z.coerce.number().default(0) });

/** Most results of one search: Pinecone's limit. */
export const mostResults = 10_000;
/** Records in one write; Pinecone allows 1,000. */
const mostRows = 500;
/** Characters in one write; Pinecone allows two megabytes. */
const longestWrite = 1_500_000;
/** Records that one request reads by condition. */
const pageRows = 100;
/** Records that one request reads by id; the ids are part of the URL. */
const pageIds = 60;
/** How often records are sent again when Pinecone accepted only some of them. */
const mostTries = 4;
/** Milliseconds until the second check whether a write is visible. */
const firstPauseMs = 10;
/** Most milliseconds between two checks. */
const longestPauseMs = 500;

/** A search: a dense or a sparse vector, and a filter. */
export interface Asked {
  readonly vector?: readonly number[];
  readonly sparseVector?: Row['sparseValues'];
  readonly filter: Condition;
  readonly topK: number;
}

/** The position in the log of this program's last write, for each namespace. */
export type Log = Map<string, number>;

/** What all namespaces of a store share. */
export interface NamespaceContext {
  readonly connection: Connection;
  readonly log: Log;
  readonly collection?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One namespace of an index. Pinecone shows writes with a delay. So a write ends only when it is visible, and a search is repeated if it
 * was answered from an earlier state.
 */
export class Namespace {
  private readonly context: NamespaceContext;
  private readonly base: string;
  private readonly name: string;
  /** The vector of a record that only marks a position in the log, and of the search that shows which position is visible. */
  private readonly fence: Pick<Row, 'values' | 'sparseValues'>;

  constructor(context: NamespaceContext, base: string, name: string, dimensions?: number) {
    this.context = context;
    this.base = base;
    this.name = name;
    this.fence =
      dimensions === undefined
        ? { sparseValues: { indices: [0], values: [1] } }
        : { values: Array.from({ length: dimensions }, (_, at) => (at === 0 ? 1 : 0)) };
  }

  /** Writes records, replaces those with the same id, and waits until they are visible. */
  async upsert(rows: readonly Row[]): Promise<void> {
    let last: number | undefined;
    for (const some of writes(rows)) last = await this.send(some);
    await this.untilVisible(last);
  }

  /** Removes the records that match a filter, and waits until they are gone. */
  async remove(filter: Condition): Promise<void> {
    await this.untilVisible((await this.post('/vectors/delete', { filter }, true))?.written);
  }

  /** Changes the metadata of the records that match a filter, and waits until the change is visible. */
  async update(filter: Condition, setMetadata: Row['metadata']): Promise<void> {
    await this.untilVisible((await this.post('/vectors/update', { filter, setMetadata }, true))?.written);
  }

  /** Counts the records that match a filter. */
  async count(filter: Condition): Promise<number> {
    const body = { filter, setMetadata: { mark: 'counted' }, dryRun: true };
    const answer = await this.post('/vectors/update', body, true);
    return answer === undefined ? 0 : parsed(Updated, answer.body).matchedRecords;
  }

  /** Reads all records that match a filter. */
  async read(filter: Condition): Promise<readonly Found[]> {
    const found: Found[] = [];
    for (let paginationToken: string | undefined; ;) {
      const body = withoutUndefined({ filter, limit: pageRows, paginationToken });
      const answer = await this.seen('/vectors/fetch_by_metadata', body);
      if (answer === undefined) return found;
      const { vectors, pagination } = parsed(Fetched, answer.body);
      found.push(...Object.values(vectors));
      const next = pagination?.next;
      if (next === undefined || next === '' || next === paginationToken) return found;
      paginationToken = next;
    }
  }

  /** Reads the records of these ids; missing ones are left out. */
  async fetch(ids: readonly string[]): Promise<readonly Found[]> {
    const found: Found[] = [];
    for (let start = 0; start < ids.length; start += pageIds) {
      const query = new URLSearchParams(ids.slice(start, start + pageIds).map((id): [string, string] => ['ids', id]));
      query.set('namespace', this.name);
      const answer = await this.get(`/vectors/fetch?${query.toString()}`);
      if (answer !== undefined) found.push(...Object.values(parsed(Fetched, answer.body).vectors));
    }
    return found;
  }

  /** The ids that begin with a prefix, in order, from the page of a token. */
  async list(
    prefix: string,
    token: string | undefined,
  ): Promise<{ readonly ids: readonly string[]; readonly next: string | undefined }> {
    const query = new URLSearchParams({ prefix, limit: '100', namespace: this.name });
    if (token !== undefined) query.set('paginationToken', token);
    const answer = await this.get(`/vectors/list?${query.toString()}`);
    if (answer === undefined) return { ids: [], next: undefined };
    const { vectors, pagination } = parsed(Listed, answer.body);
    const next = pagination?.next;
    return { ids: vectors.map(({ id }) => id), next: next === '' || next === token ? undefined : next };
  }

  /** The best records, best first. */
  async query(asked: Asked): Promise<readonly { readonly id: string; readonly score: number }[]> {
    const topK = Math.min(asked.topK, mostResults);
    const body = { ...asked, topK, includeMetadata: false, includeValues: false };
    const answer = await this.seen('/query', body);
    return answer === undefined ? [] : parsed(Matches, answer.body).matches;
  }

  /** Removes the namespace with its contents. */
  async drop(): Promise<void> {
    const path = `/namespaces/${encodeURIComponent(this.name)}`;
    await this.context.connection.send({ ...this.request, method: 'DELETE', path }, true);
    this.context.log.delete(this.key);
  }

  /** Sends records, repeats if Pinecone did not accept all of them, and returns the position in the log. */
  private async send(vectors: readonly Row[]): Promise<number | undefined> {
    for (let tried = 1; tried <= mostTries; tried += 1) {
      const answer = await this.post('/vectors/upsert', { vectors });
      // Pinecone does not say which ones are missing; writing a record again changes nothing.
      if (parsed(Upserted, answer?.body).upsertedCount >= vectors.length) return answer?.written;
    }
    throw new HeddleError('vector_store_failed', 'Pinecone stored only some of the written records: try again.', {
      retryable: true,
    });
  }

  /**
   * Waits until this program's last write is visible. If Pinecone returned no position for it, a marker record written after it gets one.
   */
  private async untilVisible(written: number | undefined): Promise<void> {
    const metadata = { kind: 'fence', part: 0 };
    const fence = { id: 'fence', ...this.fence, metadata };
    const place = written ?? (await this.post('/vectors/upsert', { vectors: [fence] }))?.written;
    if (place === undefined) throw unordered();
    this.context.log.set(this.key, Math.max(place, this.context.log.get(this.key) ?? 0));
    await this.seen('/query', { ...this.sight, filter: { kind: { $eq: 'fence' } }, topK: 1 });
  }

  private get sight(): Condition {
    const { values, sparseValues } = this.fence;
    return values === undefined ? { sparseVector: sparseValues } : { vector: values };
  }

  /** Repeats a request until its answer includes this program's writes. */
  private async seen(path: string, body: Condition): Promise<PineconeAnswer | undefined> {
    const end = Date.now() + this.context.connection.visibleMs;
    for (let pauseMs: number = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
      const answer = await this.post(path, body, true);
      const written = this.context.log.get(this.key) ?? 0;
      // Only searches report a position. Other requests are sent after a search has seen it.
      if (answer === undefined || written === 0) return answer;
      if (answer.visible === undefined && path === '/query') throw unordered();
      if ((answer.visible ?? written) >= written) return answer;
      if (Date.now() > end)
        throw new HeddleError(
          'vector_store_failed',
          `Pinecone did not make a write visible within ${Math.round(this.context.connection.visibleMs / 1000)} s: try again later.`,
          { retryable: true },
        );
      await pause(pauseMs, this.context.signal);
    }
  }

  private get key(): string {
    return `${this.base} ${this.name}`;
  }

  private get request(): { readonly base: string } & Pick<NamespaceContext, 'collection' | 'signal'> {
    return { base: this.base, collection: this.context.collection, signal: this.context.signal };
  }

  private post(path: string, body: Condition, isOptional = false): Promise<PineconeAnswer | undefined> {
    const whole = { ...body, namespace: this.name };
    return this.context.connection.send({ ...this.request, method: 'POST', path, body: whole }, isOptional);
  }

  private get(path: string): Promise<PineconeAnswer | undefined> {
    return this.context.connection.send({ ...this.request, method: 'GET', path }, true);
  }
}

const unordered = (): HeddleError =>
  new HeddleError(
    'vector_store_failed',
    'Pinecone does not say which writes are visible: Heddle needs serverless indexes, which do.',
  );

function parsed<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const found = shape.safeParse(body);
  if (found.success) return found.data;
  throw new HeddleError('vector_store_failed', 'An answer of Pinecone has an unexpected form: check PINECONE_URL.', {
    cause: found.error,
  });
}

function* writes(rows: readonly Row[]): Generator<readonly Row[]> {
  let some: Row[] = [];
  let size = 0;
  for (const row of rows) {
    const length = Buffer.byteLength(JSON.stringify(row));
    if (some.length > 0 && (size + length > longestWrite || some.length === mostRows)) {
      yield some;
      [some, size] = [[], 0];
    }
    some.push(row);
    size += length;
  }
  if (some.length > 0) yield some;
}
