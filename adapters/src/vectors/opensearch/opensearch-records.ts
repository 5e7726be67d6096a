import type { CollectionInfo, HeddleError, Passage, StoredDocument, VectorQuery } from '@heddle/core';
import { z } from 'zod';
import { firstText, languageOf } from '../embedded/languages/language-of.js';
import type { Language } from '../embedded/languages/languages.js';
import { normalise } from '../embedded/quantise.js';
import { fieldTerms } from '../shared/field-terms.js';
import { recordId, type CollectionRecord } from '../shared/payloads.js';
import type { Records, Where } from '../shared/records.js';
import { countTerms } from '../shared/terms.js';
import { readInfo } from './collection-info.js';
import type { OpensearchRequest } from './connection.js';
import { longestList } from './mapping.js';
import { Hits, type OpensearchLocation } from './location.js';
import { faultOf } from './opensearch-error.js';
import { searchOpensearch } from './search-opensearch.js';

type Clause = Readonly<Record<string, unknown>>;

const BulkAnswer = z.object({
  errors: z.boolean(),
  items: z.array(z.record(z.string(), z.object({ status: z.number(), error: z.unknown().optional() }))),
});

const ByQueryAnswer = z.object({
  version_conflicts: z.number().default(0),
  failures: z.array(z.unknown()).default([]),
});

/** How often a change of many records is tried again when other writes came first. */
const mostTries = 20;

/** The records of a collection in one index of OpenSearch. */
export class OpensearchRecords implements Records {
  readonly name: string;
  readonly dimensions: number;
  private readonly location: OpensearchLocation;

  constructor(location: OpensearchLocation) {
    this.location = location;
    this.name = location.name;
    this.dimensions = location.dimensions;
  }

  info(): Promise<CollectionInfo> {
    return readInfo(this.location.connection, this.name, this.location.alias);
  }

  async write(records: readonly CollectionRecord[]): Promise<void> {
    if (records.length === 0) return;
    const languages = new Map<StoredDocument, Language>();
    await this.bulk(
      records.map((record) => [{ index: { _id: recordId(record.payload) } }, sourceOf(record, languages)]),
    );
  }

  async read(where: Where): Promise<readonly unknown[]> {
    const query = { bool: { filter: conditions(where) } };
    const found = await this.hits({ size: longestList, query, _source: ['payload'], sort: ['_doc'] });
    return found.map(({ _source }) => _source?.payload);
  }

  async vectors(document: string): Promise<ReadonlyMap<string, Float32Array>> {
    const query = { bool: { filter: conditions({ kind: 'passage', documents: [document] }) } };
    const found = await this.hits({ size: longestList, query, _source: ['vector', 'payload.id'], sort: ['_doc'] });
    return new Map(
      found.map(({ _source }) => [
        z.object({ id: z.string() }).parse(_source?.payload).id,
        Float32Array.from(_source?.vector ?? []),
      ]),
    );
  }

  async count(where: Where): Promise<number> {
    const body = { query: { bool: { filter: conditions(where) } } };
    return z.object({ count: z.number() }).parse(await this.send('POST', '_count', body)).count;
  }

  /** Removes records. A record that another program writes in the meantime is newer than the request, so it stays. */
  async remove(where: Where): Promise<void> {
    const body = { query: { bool: { filter: conditions(where) } } };
    for (let tried = 1; tried <= mostTries; tried += 1) {
      const answer = ByQueryAnswer.parse(
        await this.send('POST', '_delete_by_query?conflicts=proceed&refresh=true', body),
      );
      if (answer.failures.length > 0) throw this.lost(answer.failures[0]);
      if (answer.version_conflicts === 0) return;
    }
  }

  async documents(after: string, limit: number): Promise<readonly unknown[]> {
    if (limit < 1) return [];
    const filter = [{ term: { kind: 'document' } }, ...(after === '' ? [] : [{ range: { document: { gt: after } } }])];
    const sort = [{ document: 'asc' }];
    const size = Math.min(limit, longestList);
    const found = await this.hits({ size, query: { bool: { filter } }, _source: ['payload'], sort });
    return found.map(({ _source }) => _source?.payload);
  }

  /** Changes each passage separately, and again if another write came first. Passages removed in the meantime are left out. */
  async setReaders(document: string, readers: readonly string[] | undefined): Promise<void> {
    const query = { bool: { filter: conditions({ kind: 'passage', documents: [document] }) } };
    const found = await this.hits({ size: longestList, query, _source: false, sort: ['_doc'] });
    const doc = { readers: readers ?? null };
    await this.bulk(found.map(({ _id }) => [{ update: { _id, retry_on_conflict: mostTries } }, { doc }]));
  }

  search(query: VectorQuery): Promise<readonly Passage[]> {
    return searchOpensearch(this.location, query);
  }

  private async hits(body: Clause): Promise<z.infer<typeof Hits>['hits']['hits']> {
    return Hits.parse(await this.send('POST', '_search', body)).hits.hits;
  }

  /** Changes records: pairs of an action and the value that it writes. */
  private async bulk(pairs: readonly (readonly [action: Clause, given: Clause])[]): Promise<void> {
    let lines: string[] = [];
    let size = 0;
    for (const pair of pairs) {
      const more = pair.map((line) => JSON.stringify(line));
      const length = more.reduce((sum, line) => sum + line.length, 0);
      if (lines.length > 0 && size + length > longestRequest) {
        await this.sendBulk(lines);
        [lines, size] = [[], 0];
      }
      lines.push(...more);
      size += length;
    }
    if (lines.length > 0) await this.sendBulk(lines);
  }

  private async sendBulk(lines: readonly string[]): Promise<void> {
    const { connection, alias, name } = this.location;
    // Without an alias, the server would create an index of that name.
    const path = `/${encodeURIComponent(alias)}/_bulk?refresh=true&require_alias=true`;
    const answer = BulkAnswer.parse(await connection.send({ method: 'POST', path, lines, collection: name }));
    if (!answer.errors) return;
    for (const item of answer.items)
      for (const [action, { status, error }] of Object.entries(item))
        if (status >= 300 && !(action === 'update' && status === 404)) throw this.lost({ status, error });
  }

  private lost(failure: unknown): HeddleError {
    const { status = 500, error } = z.object({ status: z.number(), error: z.unknown() }).partial().parse(failure);
    return faultOf(status, { error }, { host: this.location.connection.host, collection: this.name });
  }

  private send(method: OpensearchRequest['method'], path: string, body: unknown): Promise<unknown> {
    const { connection, alias, name } = this.location;
    return connection.send({ method, path: `/${encodeURIComponent(alias)}/${path}`, body, collection: name });
  }
}

/** Most characters in one request; servers accept 100 MB. */
const longestRequest = 8_000_000;

function conditions({ kind, documents, id, notRevision, positions }: Where): readonly Clause[] {
  return [
    ...(kind === undefined ? [] : [{ term: { kind } }]),
    ...(documents === undefined ? [] : [{ terms: { document: documents } }]),
    ...(id === undefined ? [] : [{ term: { id } }]),
    ...(positions === undefined ? [] : [{ range: { position: { gte: positions[0], lte: positions[1] } } }]),
    ...(notRevision === undefined ? [] : [{ bool: { must_not: [{ term: { revision: notRevision } }] } }]),
  ];
}

function sourceOf(record: CollectionRecord, languages: Map<StoredDocument, Language>): Clause {
  return 'passage' in record ? passageSource(record, languages) : otherSource(record.payload);
}

function otherSource(payload: CollectionRecord['payload']): Clause {
  const { kind } = payload;
  if (kind === 'note') return { kind, id: payload.id, payload };
  return {
    kind,
    document: payload.document,
    payload,
    ...(kind === 'document' ? { updatedAt: payload.updatedAt } : {}),
  };
}

function passageSource(
  { payload, passage, document }: Extract<CollectionRecord, { readonly passage: unknown }>,
  languages: Map<StoredDocument, Language>,
): Clause {
  const language = languages.get(document) ?? languageOf(firstText(document.passages));
  languages.set(document, language);
  const { counts } = countTerms(passage, language);
  return {
    kind: payload.kind,
    id: payload.id,
    document: payload.document,
    revision: payload.revision,
    position: payload.position,
    readers: payload.readers ?? null,
    language: language.code,
    // The list of readers has a field of its own, the only copy that a change must write.
    payload: { ...payload, readers: undefined },
    fields: fieldTerms(document.document, payload.metadata ?? {}),
    terms: [...counts].map(([term, count]) => `${term} `.repeat(count)).join(''),
    vector: [...normalise(passage.vector)],
  };
}
