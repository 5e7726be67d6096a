import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, any>;

interface Index {
  readonly body: Json;
  readonly records: Map<string, Json>;
}

/** A small OpenSearch of our own: as much of it as the store asks for. */
export interface FakeOpensearch {
  readonly url: string;
  /** Requests as `METHOD path`. */
  readonly asked: readonly string[];
  /** Answers the next requests with this instead. */
  fail(status: number, body: unknown, times: number): void;
  close(): Promise<void>;
}

/** Starts one on a port of its own. */
export async function startFakeOpensearch(): Promise<FakeOpensearch> {
  const indexes = new Map<string, Index>();
  const aliases = new Map<string, string>();
  const asked: string[] = [];
  const failures: { readonly status: number; readonly body: unknown }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      asked.push(`${request.method} ${decodeURIComponent(url.pathname)}`);
      const failure = failures.shift();
      const { status, body } =
        failure ?? answer({ indexes, aliases }, request.method ?? '', url, Buffer.concat(chunks).toString('utf8'));
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fail: (status, body, times) => failures.push(...Array.from({ length: times }, () => ({ status, body }))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface State {
  readonly indexes: Map<string, Index>;
  readonly aliases: Map<string, string>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const refused = (status: number, type: string, reason: string): Answer => ({
  status,
  body: { error: { type, reason, root_cause: [] }, status },
});
const missing = (name: string): Answer => refused(404, 'index_not_found_exception', `no such index [${name}]`);

function answer(state: State, method: string, url: URL, text: string): Answer {
  const { indexes, aliases } = state;
  const [name = '', action = ''] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const lines = action === '_bulk' ? text.trimEnd().split('\n').map((line) => JSON.parse(line) as Json) : [];
  const body = (action === '_bulk' || text === '' ? {} : JSON.parse(text)) as Json;
  if (name === '') return ok({ version: { distribution: 'opensearch', number: '2.19.1' } });
  if (name === '_alias')
    return ok(Object.fromEntries([...aliases].map(([alias, index]) => [index, { aliases: { [alias]: {} } }])));
  if (name === '_aliases') return changeAliases(state, body);
  if (method === 'PUT') {
    if (indexes.has(name)) return refused(400, 'resource_already_exists_exception', `index [${name}] already exists`);
    indexes.set(name, { body, records: new Map() });
    for (const alias of Object.keys(body['aliases'] ?? {})) aliases.set(alias, name);
    return ok({ acknowledged: true });
  }
  if (method === 'DELETE') {
    if (!indexes.delete(name)) return missing(name);
    for (const [alias, index] of aliases) if (index === name) aliases.delete(alias);
    return ok({ acknowledged: true });
  }
  const index = indexes.get(aliases.get(name) ?? '');
  if (index === undefined) return missing(name);
  switch (action) {
    case '_mapping':
      return ok({ [name]: { mappings: index.body['mappings'] } });
    case '_bulk':
      return ok(bulk(index, lines));
    case '_count':
      return ok({ count: matching(index, body['query']).length });
    case '_delete_by_query':
      for (const { id } of matching(index, body['query'])) index.records.delete(id);
      return ok({ version_conflicts: 0, failures: [] });
    default:
      return ok(search(index, body));
  }
}

function changeAliases({ indexes, aliases }: State, body: Json): Answer {
  for (const { remove, add } of body['actions'] as { remove?: Json; add?: Json }[]) {
    if (remove !== undefined) aliases.delete(remove['alias']);
    if (add !== undefined && !indexes.has(add['index'])) return missing(add['index']);
    if (add !== undefined) aliases.set(add['alias'], add['index']);
  }
  return ok({ acknowledged: true });
}

function bulk({ records }: Index, lines: readonly Json[]): Json {
  const items: Json[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    const [action, { _id: id }] = Object.entries(lines[at] ?? {})[0] as [string, Json];
    const given = lines[at + 1] ?? {};
    const before = records.get(id);
    if (action === 'update' && before === undefined) {
      items.push({ update: { status: 404, error: { type: 'document_missing_exception' } } });
      continue;
    }
    records.set(id, action === 'update' ? { ...before, ...given['doc'] } : given);
    items.push({ [action]: { status: 200 } });
  }
  return { errors: items.some((item) => 'error' in (Object.values(item)[0] as Json)), items };
}

interface Match {
  readonly id: string;
  readonly record: Json;
  readonly score: number;
}

function matching(index: Index, query: Json): readonly Match[] {
  const score = scorer(index, query);
  return [...index.records].flatMap(([id, record]) => {
    const found = score(id, record);
    return found === undefined ? [] : [{ id, record, score: found }];
  });
}

function search(index: Index, body: Json): Json {
  const all = matching(index, body['query'] ?? { bool: {} });
  const byDocument = body['sort']?.[0]?.document !== undefined;
  const sorted = [...all].sort((a, b) =>
    byDocument ? (a.record['document'] < b.record['document'] ? -1 : 1) : b.score - a.score,
  );
  const parts = body['_source'] as false | string[];
  const hits = sorted.slice(0, body['size']).map(({ id, record, score }) => ({
    ...{ _id: id, _score: score },
    ...(parts === false ? {} : { _source: Object.fromEntries((parts ?? []).map((part) => part.split('.')[0] ?? '').map((part) => [part, record[part]])) }),
    ...(body['docvalue_fields'] === undefined ? {} : { fields: { document: [record['document']] } }),
  }));
  const count = (field: string): Json[] => {
    const counts = new Map<string, number>();
    for (const { record } of all) if (record[field] !== undefined) counts.set(record[field], (counts.get(record[field]) ?? 0) + 1);
    return [...counts].map(([key, doc_count]) => ({ key, doc_count }));
  };
  const updated = all.flatMap(({ record }) => (record['updatedAt'] === undefined ? [] : [record['updatedAt'] as number]));
  return {
    hits: { total: { value: all.length }, hits },
    aggregations: {
      kinds: { buckets: count('kind') },
      languages: { buckets: count('language') },
      updated: { value: updated.length === 0 ? null : Math.max(...updated) },
    },
  };
}

type Score = (id: string, record: Json) => number | undefined;

/** The score of a record, or nothing where the query leaves it out. */
function scorer(index: Index, query: Json): Score {
  const [[kind, given]] = Object.entries(query) as [[string, Json]];
  const valuesOf = (record: Json, field: string): readonly any[] => [record[field] ?? []].flat();
  const has = (field: string, test: (value: any) => boolean): Score => (_id, record) =>
    valuesOf(record, field).some(test) ? 1 : undefined;
  switch (kind) {
    case 'bool':
      return boolean(index, given);
    case 'term': {
      const [[field, wanted]] = Object.entries(given) as [[string, any]];
      if (field === 'terms') return bm25(index, wanted.value, wanted.boost);
      return has(field, (value) => value === wanted);
    }
    case 'terms': {
      const [[field, wanted]] = Object.entries(given) as [[string, any[]]];
      const all = new Set(wanted);
      return has(field, (value) => all.has(value));
    }
    case 'range': {
      const [[field, { gt, gte, lt, lte }]] = Object.entries(given) as [[string, Json]];
      return has(
        field,
        (value) =>
          (gt === undefined || order(value, gt) > 0) &&
          (gte === undefined || order(value, gte) >= 0) &&
          (lt === undefined || order(value, lt) < 0) &&
          (lte === undefined || order(value, lte) <= 0),
      );
    }
    case 'exists':
      return has(given['field'], () => true);
    case 'ids': {
      const ids = new Set(given['values'] as string[]);
      return (id) => (ids.has(id) ? 1 : undefined);
    }
    case 'knn':
      return nearness(given['vector'].vector, scorer(index, given['vector'].filter));
    case 'script_score':
      return nearness(given['script'].params.query_value, scorer(index, given['query']));
    default:
      throw new Error(`The fake knows no query '${kind}'.`);
  }
}

function boolean(index: Index, { filter = [], should = [], must_not: not = [] }: Json): Score {
  const scorers = (queries: Json[]): Score[] => queries.map((one) => scorer(index, one));
  const [filters, shoulds, nots] = [scorers(filter), scorers(should), scorers(not)];
  return (id, record) => {
    if (!filters.every((one) => one(id, record) !== undefined)) return undefined;
    if (nots.some((one) => one(id, record) !== undefined)) return undefined;
    const found = shoulds.flatMap((one) => one(id, record) ?? []);
    return shoulds.length > 0 && found.length === 0 ? undefined : found.reduce((sum, one) => sum + one, 0);
  };
}

/** The server's form of a product of vectors. */
const nearness =
  (asked: readonly number[], kept: Score): Score =>
  (id, record) => {
    if (kept(id, record) === undefined) return undefined;
    const product = asked.reduce((sum, value, at) => sum + value * (record['vector'][at] as number), 0);
    return product >= 0 ? 1 + product : 1 / (1 - product);
  };

function bm25({ records }: Index, term: string, boost: number): Score {
  const termsOf = (record: Json): string[] => ((record['terms'] as string | undefined) ?? '').split(' ').filter((one) => one !== '');
  const all = [...records.values()].filter(({ kind }) => kind === 'passage').map(termsOf);
  const holding = all.filter((terms) => terms.includes(term)).length;
  const average = all.reduce((sum, terms) => sum + terms.length, 0) / Math.max(1, all.length);
  const weight = boost * Math.log(1 + (all.length - holding + 0.5) / (holding + 0.5));
  return (_id, record) => {
    const terms = termsOf(record);
    const count = terms.filter((one) => one === term).length;
    return count === 0 ? undefined : (weight * count) / (count + 1.2 * (0.6 + (0.4 * terms.length) / average));
  };
}

const order = (one: any, other: any): number =>
  typeof one === 'string' ? Buffer.compare(Buffer.from(one), Buffer.from(other)) : one - other;
