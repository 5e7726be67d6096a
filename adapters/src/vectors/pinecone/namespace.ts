import { HeddleError, withoutUndefined } from '@heddle/core';
import { z } from 'zod';
import { pause, type Connection, type PineconeAnswer } from './connection.js';

/** A condition of metadata, as the service takes it. */
export type Condition = Readonly<Record<string, unknown>>;

/** What the service keeps of one record. Metadata are texts, numbers and lists of texts; each record of ours has all fields. */
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

/** Most results of one search, as the service says. */
export const mostResults = 10_000;
/** Records that one request writes; the service takes 1,000. */
const mostRows = 500;
/** Characters that one request writes; the service takes two megabytes. */
const longestWrite = 1_500_000;
/** Records that one request reads by conditions. */
const pageRows = 100;
/** Records that one request reads by ids, which stand in the address. */
const pageIds = 60;
/** How often records are sent again when the service took only some of them. */
const mostTries = 4;
/** Milliseconds until the second check whether a write is visible. */
const firstPauseMs = 10;
/** Most milliseconds between two checks. */
const longestPauseMs = 500;

/** A search: the vector of one kind, and which records. */
export interface Asked {
  readonly vector?: readonly number[];
  readonly sparseVector?: Row['sparseValues'];
  readonly filter: Condition;
  readonly topK: number;
}

/** Up to which place of the log this program wrote in each namespace. */
export type Log = Map<string, number>;

/** The parts that all namespaces of a store share. */
export interface NamespaceContext {
  readonly connection: Connection;
  readonly log: Log;
  readonly collection?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One namespace of an index. The service shows writes some time later: a write ends when it is visible, and a search that is answered from an
 * earlier state is asked again.
 */
export class Namespace {
  private readonly context: NamespaceContext;
  private readonly base: string;
  private readonly name: string;
  /** A record that only stands for a place in the log, and a search that says which place is visible. */
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

  /** Writes records, which replace those of the same id, and waits until they are visible. */
  async upsert(rows: readonly Row[]): Promise<void> {
    let last: number | undefined;
    for (const some of writes(rows)) last = await this.send(some);
    await this.untilVisible(last);
  }

  /** Removes the records of a filter, and waits until they are gone. */
  async remove(filter: Condition): Promise<void> {
    await this.untilVisible((await this.post('/vectors/delete', { filter }, true))?.written);
  }

  /** Changes metadata of the records of a filter, and waits until that is visible. */
  async update(filter: Condition, setMetadata: Row['metadata']): Promise<void> {
    await this.untilVisible((await this.post('/vectors/update', { filter, setMetadata }, true))?.written);
  }

  /** Counts the records of a filter. */
  async count(filter: Condition): Promise<number> {
    const body = { filter, setMetadata: { mark: 'counted' }, dryRun: true };
    const answer = await this.post('/vectors/update', body, true);
    return answer === undefined ? 0 : parsed(Updated, answer.body).matchedRecords;
  }

  /** All records of a filter. */
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

  /** The records of these ids, as far as there are any. */
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

  /** The ids that begin with a prefix, in their order, from the page of a token. */
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

  /** Removes the namespace with all it holds. */
  async drop(): Promise<void> {
    const path = `/namespaces/${encodeURIComponent(this.name)}`;
    await this.context.connection.send({ ...this.request, method: 'DELETE', path }, true);
    this.context.log.delete(this.key);
  }

  /** Sends records, those that the service did not take again, and returns the place in the log. */
  private async send(vectors: readonly Row[]): Promise<number | undefined> {
    for (let tried = 1; tried <= mostTries; tried += 1) {
      const answer = await this.post('/vectors/upsert', { vectors });
      // It does not say which ones are missing; writing a record again changes nothing.
      if (parsed(Upserted, answer?.body).upsertedCount >= vectors.length) return answer?.written;
    }
    throw new HeddleError('vector_store_failed', 'Pinecone takes only some of the records that are written.', {
      retryable: true,
    });
  }

  /** Waits until this program's last write is visible. Where the service names no place for it, a record behind it gets one. */
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

  /** An answer that shows at least what this program wrote. */
  private async seen(path: string, body: Condition): Promise<PineconeAnswer | undefined> {
    const end = Date.now() + this.context.connection.visibleMs;
    for (let pauseMs: number = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
      const answer = await this.post(path, body, true);
      const written = this.context.log.get(this.key) ?? 0;
      // Only a search names the place. Other answers are asked for after one has seen it.
      if (answer === undefined || written === 0) return answer;
      if (answer.visible === undefined && path === '/query') throw unordered();
      if ((answer.visible ?? written) >= written) return answer;
      if (Date.now() > end)
        throw new HeddleError(
          'vector_store_failed',
          `Pinecone does not show within ${Math.round(this.context.connection.visibleMs / 1000)} s what it took: try again later.`,
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
  throw new HeddleError('vector_store_failed', 'An answer of Pinecone has another form: check PINECONE_URL.', {
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
