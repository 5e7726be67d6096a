import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import type { SparseVector } from '../shared/term-weights.js';
import { dataTypes, fieldsOf, numberIn, rowsIn, sparseBytes, type Columns, type Row } from './columns.js';
import type { CallContext, Connection, Message } from './connection.js';
import type { Method } from './interface.js';
import { isMissing, isNotLoaded, isNameTaken } from './milvus-error.js';
import { pairs, schemaMessage, type Index } from './schema.js';

/** Milvus' consistency levels. */
const consistency = { strong: 0, eventually: 3 } as const;
/** Most bytes in one request. */
const mostBytes = 8_000_000;
/** Most entities in one request. */
const mostRows = 1_000;
/** Most entities in one answer: Milvus' limit. */
const longestAnswer = 16_384;

interface QueryOptions extends CallContext {
  /** Only this many, in the order of their keys. */
  readonly first?: number;
  /** Whether a state that an earlier call of the same search saw is fresh enough. */
  readonly isRepeated?: boolean;
}

export interface TableSearch extends CallContext {
  readonly field: 'vector' | 'terms';
  readonly question: Float32Array | SparseVector;
  readonly where: string;
  readonly limit: number;
  readonly isRepeated?: boolean;
}

const SearchData = z.object({
  results: z
    .object({
      scores: z.array(z.number()),
      ids: z.object({ str_id: z.object({ data: z.array(z.string()) }).nullish() }).nullish(),
    })
    .nullish(),
});

/** One collection of the server. What one call wrote, the next call of any program sees. */
export class Table {
  readonly name: string;
  private readonly connection: Connection;
  private readonly columns: Columns;

  constructor(connection: Connection, name: string, columns: Columns) {
    this.connection = connection;
    this.name = name;
    this.columns = columns;
  }

  /** Creates the collection with its indexes, and loads it if it is read. An existing one stays. */
  async make(indexes: readonly Index[] = [], isRead = true): Promise<void> {
    const schema = await this.connection.encode(
      'milvus.proto.schema.CollectionSchema',
      schemaMessage(this.name, this.columns),
    );
    await this.send('CreateCollection', { schema, shards_num: 1, consistency_level: consistency.strong }).catch(
      unlessTaken,
    );
    for (const index of indexes) await this.makeIndex(index);
    if (isRead) await this.load({});
  }

  private async makeIndex({ field, params, isOptional = false }: Index): Promise<void> {
    try {
      await this.send('CreateIndex', { field_name: field, index_name: field, extra_params: pairs(params) });
    } catch (error) {
      const isUseless =
        isOptional && error instanceof HeddleError && /not support/i.test(String(error.details?.['reason']));
      if (!isUseless) unlessTaken(error);
    }
  }

  /** Removes the collection if it exists. */
  async drop(): Promise<void> {
    await this.send('DropCollection', {}).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  /** The names of the collection's fields; undefined if it does not exist. */
  async fieldNames(): Promise<readonly string[] | undefined> {
    const Described = z.object({ schema: z.object({ fields: z.array(z.object({ name: z.string() })) }).nullish() });
    try {
      const answer = Described.parse(await this.send('DescribeCollection', {}));
      return (answer.schema?.fields ?? []).map(({ name }) => name);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Writes entities; replaces those with the same key. */
  async upsert(rows: readonly Row[], context: CallContext = {}): Promise<void> {
    for (const some of slices(rows)) {
      const request = { fields_data: fieldsOf(this.columns, some), num_rows: some.length };
      const answer = await this.send('Upsert', request, context);
      const { err_index } = z.object({ err_index: z.array(z.number()).default([]) }).parse(answer);
      if (err_index.length > 0)
        throw new HeddleError(
          'vector_store_failed',
          `Milvus at ${this.connection.host} wrote ${some.length - err_index.length} of ${some.length} records: try again.`,
          { retryable: true },
        );
    }
  }

  async query(where: string, fields: readonly string[], options: QueryOptions = {}): Promise<readonly Row[]> {
    const { first, isRepeated = false, ...context } = options;
    // Without "iterator", the server returns any of the matches.
    const query_params =
      first === undefined ? [] : pairs({ limit: first, iterator: 'True', reduce_stop_for_best: 'True' });
    const request = { expr: where, output_fields: fields, query_params, ...freshness(isRepeated) };
    const answer = await this.read('Query', request, context);
    return rowsIn(answer['fields_data']);
  }

  async count(where: string, context: CallContext = {}): Promise<number> {
    const [row] = await this.query(where, ['count(*)'], context);
    return row === undefined ? 0 : numberIn(row, 'count(*)');
  }

  async remove(where: string, context: CallContext = {}): Promise<void> {
    await this.read('Delete', { expr: where, consistency_level: consistency.strong }, context);
  }

  /** The keys of the hits with their scores, best first. */
  async search({
    field,
    question,
    where,
    limit,
    isRepeated = false,
    ...context
  }: TableSearch): Promise<readonly { readonly pk: string; readonly score: number }[]> {
    const topk = Math.min(limit, longestAnswer);
    const isDense = question instanceof Float32Array;
    const values = [isDense ? Buffer.from(Float32Array.from(question).buffer) : sparseBytes(question)];
    const placeholder_group = await this.connection.encode('milvus.proto.common.PlaceholderGroup', {
      placeholders: [{ tag: '$0', type: isDense ? dataTypes.vector : dataTypes.sparse, values }],
    });
    const params = isDense ? { ef: Math.max(topk, 512) } : {};
    const search_params = pairs({ anns_field: field, topk, metric_type: 'IP', params, round_decimal: -1 });
    const request = { dsl: where, dsl_type: 1, nq: 1, placeholder_group, search_params, ...freshness(isRepeated) };
    const { results } = SearchData.parse(await this.read('Search', request, context));
    const keys = results?.ids?.str_id?.data ?? [];
    return keys.map((pk, at) => ({ pk, score: results?.scores[at] ?? 0 }));
  }

  /** Makes a call that needs the collection in the server's memory. */
  private async read(method: Method, request: Message, context: CallContext): Promise<Message> {
    try {
      return await this.send(method, request, context);
    } catch (error) {
      if (!isNotLoaded(error)) throw error;
      await this.load(context);
      return this.send(method, request, context);
    }
  }

  private async load(context: CallContext): Promise<void> {
    await this.send('LoadCollection', {}, context);
    const end = Date.now() + loadMs;
    for (let pause = 20; ; pause = Math.min(2 * pause, 1_000)) {
      const { state } = z.object({ state: z.number() }).parse(await this.send('GetLoadState', {}, context));
      if (state === loaded) return;
      if (Date.now() > end)
        throw new HeddleError(
          'vector_store_failed',
          `Milvus at ${this.connection.host} does not load the collection '${this.name}': check its query nodes and memory.`,
          { retryable: true },
        );
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  private send(method: Method, request: Message, context: CallContext = {}): Promise<Message> {
    return this.connection.call(method, { ...request, collection_name: this.name }, context);
  }
}

/** The load state of a loaded collection. */
const loaded = 3;
/** Milliseconds that loading a collection may take. */
const loadMs = 120_000;

const freshness = (isRepeated: boolean): Message =>
  isRepeated
    ? { consistency_level: consistency.eventually, guarantee_timestamp: 1 }
    : { consistency_level: consistency.strong };

function unlessTaken(error: unknown): void {
  if (!isNameTaken(error)) throw error;
}

function* slices(rows: readonly Row[]): Generator<readonly Row[]> {
  let some: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = sizeOf(row);
    if (some.length > 0 && (bytes + size > mostBytes || some.length === mostRows)) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(row);
    bytes += size;
  }
  if (some.length > 0) yield some;
}

const sizeOf = (row: Row): number =>
  Object.values(row).reduce<number>((sum, value) => {
    if (typeof value === 'number') return sum + 8;
    if (typeof value === 'string') return sum + Buffer.byteLength(value);
    if (value instanceof Float32Array) return sum + value.byteLength;
    if ('indices' in value) return sum + 8 * value.indices.length;
    return value.reduce<number>(
      (inner, one) => inner + (typeof one === 'number' ? 5 : Buffer.byteLength(one) + 4),
      sum,
    );
  }, 0);
