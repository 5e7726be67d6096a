import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { meets } from './conditions.js';

type Json = Record<string, any>;

interface Stored {
  readonly id: string;
  readonly values?: readonly number[];
  readonly sparseValues?: { readonly indices: readonly number[]; readonly values: readonly number[] };
  readonly metadata?: Json;
}

interface Space {
  readonly records: Map<string, Stored>;
  /** What was written and is not visible yet. */
  readonly pending: { readonly place: number; readonly apply: () => void }[];
  place: number;
  visible: number;
  reads: number;
}

interface Index {
  readonly body: Json;
  readonly spaces: Map<string, Space>;
  checks: number;
}

/** A small Pinecone of our own: as much of it as the store asks for, with its limits. */
export interface FakePinecone {
  readonly url: string;
  readonly apiKey: string;
  /** Requests as `METHOD path`. */
  readonly asked: readonly string[];
  readonly indexes: Map<string, Index>;
  /** It answers requests that name another version of the interface too. */
  takesAnyVersion: boolean;
  /** So many reads of a namespace are answered from the state before a write. */
  lag: number;
  /** Fields whose conditions it drops, as no service should. */
  readonly dropped: Set<string>;
  /** The next writes of records take so many of them only. */
  takeOnly(count: number, times: number): void;
  /** Leaves the places in the log out of answers to these paths. */
  readonly silent: Set<string>;
  /** Does something before the next request whose `METHOD path` meets the pattern is answered. */
  before(pattern: RegExp, work: () => void): void;
  /** Answers the next requests with this instead. */
  fail(status: number, body: unknown, times: number, headers?: Readonly<Record<string, string>>): void;
  clear(): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A fault that the service writes into its answer. */
class Refusal extends Error {
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Starts one on a port of its own. */
export async function startFakePinecone(): Promise<FakePinecone> {
  const asked: string[] = [];
  const failures: Answer[] = [];
  const hooks: { readonly pattern: RegExp; readonly work: () => void }[] = [];
  const partial: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const line = `${request.method} ${url.pathname}`;
      asked.push(line);
      const hook = hooks.findIndex(({ pattern }) => pattern.test(line));
      if (hook >= 0) hooks.splice(hook, 1)[0]?.work();
      const { status, body, headers } = failures.shift() ?? safely(() => answer(request, url, Buffer.concat(chunks)));
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakePinecone = {
    ...{ url: `http://${host}`, apiKey: 'key-of-the-test', asked, lag: 0, takesAnyVersion: false },
    ...{ indexes: new Map(), dropped: new Set(), silent: new Set() },
    takeOnly: (count, times) => partial.push(...Array.from({ length: times }, () => count)),
    before: (pattern, work) => hooks.push({ pattern, work }),
    fail: (status, body, times, headers) =>
      failures.push(...Array.from({ length: times }, () => ({ status, body, ...(headers === undefined ? {} : { headers }) }))),
    clear: () => {
      fake.indexes.clear();
      for (const set of [fake.dropped, fake.silent]) set.clear();
      for (const list of [failures, hooks, partial]) list.length = 0;
      fake.lag = 0;
      fake.takesAnyVersion = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function answer(request: IncomingMessage, url: URL, bytes: Buffer): Answer {
    if (request.headers['api-key'] !== fake.apiKey) return { status: 401, body: 'Invalid API Key' };
    if (request.headers['x-pinecone-api-version'] !== '2025-10' && !fake.takesAnyVersion) throw new Refusal('no version of the API is named');
    if (bytes.length > 2_097_152) throw new Refusal('the request is larger than 2 MB');
    const body = bytes.length === 0 ? {} : (JSON.parse(bytes.toString('utf8')) as Json);
    const [, area, name = '', ...rest] = url.pathname.split('/');
    if (area === 'indexes') return control(fake, host, request.method ?? '', name, body);
    const index = fake.indexes.get(name);
    if (area !== 'i' || index === undefined) return { status: 404, body: { error: { code: 'NOT_FOUND', message: 'no index' } } };
    if (rest[0] === 'namespaces') return namespaces(index, request.method ?? '', decodeURIComponent(rest[1] ?? ''), url, body);
    const path = `/${rest.join('/')}`;
    const found = data({ index, path, body: { ...Object.fromEntries(url.searchParams), ...body }, ids: url.searchParams.getAll('ids') });
    return fake.silent.has(path) ? { ...found, headers: {} } : found;
  }

  function data({ index, path, body, ids }: { index: Index; path: string; body: Json; ids: readonly string[] }): Answer {
    const name = String(body['namespace']);
    const space = index.spaces.get(name);
    const isRead = path !== '/vectors/upsert' && path !== '/vectors/delete' && !(path === '/vectors/update' && body['dryRun'] !== true);
    if (isRead) {
      const result = space === undefined ? emptyAnswer(path) : read(fake, space, path, body, ids);
      const headers: Readonly<Record<string, string>> = path === '/query' ? { 'x-pinecone-max-indexed-lsn': String(space?.visible ?? 0) } : {};
      if (space !== undefined && space.pending.length > 0) {
        space.reads += 1;
        if (space.reads >= fake.lag) settle(space);
      }
      return { status: 200, body: result, headers };
    }
    const own = space ?? newSpace();
    if (space === undefined) {
      if (path !== '/vectors/upsert') throw new Refusal(`Namespace not found: ${name}`, 404);
      index.spaces.set(name, own);
    }
    const done = write(fake, index, own, path, body, partial);
    own.place += 1;
    own.pending.push({ place: own.place, apply: done.apply });
    own.reads = 0;
    if (fake.lag === 0) settle(own);
    return { status: 200, body: done.body, headers: { 'x-pinecone-request-lsn': String(own.place) } };
  }
  return fake;
}

function safely(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { code: 3, message: error.message, details: [] } };
    throw error;
  }
}

const newSpace = (): Space => ({ records: new Map(), pending: [], place: 0, visible: 0, reads: 0 });

function settle(space: Space): void {
  for (const { place, apply } of space.pending.splice(0)) {
    apply();
    space.visible = place;
  }
}

const fault = (status: number, code: string, message: string): Answer => ({ status, body: { status, error: { code, message } } });

function control({ indexes }: FakePinecone, host: string, method: string, name: string, body: Json): Answer {
  if (method === 'POST') {
    const wanted = String(body['name']);
    if (!/^[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?$/.test(wanted)) return fault(400, 'INVALID_ARGUMENT', 'Invalid name');
    if (indexes.has(wanted)) return fault(409, 'ALREADY_EXISTS', 'Resource already exists');
    const isSparse = body['vector_type'] === 'sparse';
    if (isSparse !== (body['dimension'] === undefined) || body['spec']?.serverless?.region === undefined)
      return fault(400, 'INVALID_ARGUMENT', 'Invalid dimension or spec');
    indexes.set(wanted, { body, spaces: new Map(), checks: 0 });
  }
  const index = indexes.get(method === 'POST' ? String(body['name']) : name);
  if (index === undefined) return fault(404, 'NOT_FOUND', `Resource ${name} not found`);
  // It becomes ready a little later.
  const isReady = index.checks > 0;
  index.checks += 1;
  const status = { ready: isReady, state: isReady ? 'Ready' : 'Initializing' };
  const { serverless } = index.body['spec'] ?? {};
  const spec = { serverless: { ...serverless, read_capacity: { mode: 'OnDemand', status: { state: 'Ready' } } } };
  const model = { vector_type: 'dense', ...index.body, spec, deletion_protection: 'disabled', host: `${host}/i/${index.body['name']}`, status };
  return { status: method === 'POST' ? 201 : 200, body: model };
}

function namespaces({ spaces }: Index, method: string, name: string, url: URL, body: Json): Answer {
  if (method === 'POST') {
    if (spaces.has(String(body['name']))) return { status: 409, body: { code: 6, message: 'Namespace already exists' } };
    spaces.set(String(body['name']), newSpace());
    return { status: 200, body: { name: body['name'], record_count: 0 } };
  }
  if (method === 'DELETE') return spaces.delete(name) ? { status: 200, body: {} } : { status: 404, body: { code: 5, message: 'Namespace not found' } };
  const all = [...spaces.keys()].filter((one) => one.startsWith(url.searchParams.get('prefix') ?? '')).sort();
  const { items, next } = page(all, url.searchParams.get('paginationToken') ?? undefined, 3);
  return {
    status: 200,
    body: {
      namespaces: items.map((one) => ({ name: one, record_count: spaces.get(one)?.records.size })),
      ...{ pagination: next, total_count: all.length },
    },
  };
}

/** A page of a list; a token names where the next one begins. */
function page<Item>(all: readonly Item[], token: string | undefined, size: number): { items: readonly Item[]; next: Json | undefined } {
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString());
  if (!Number.isSafeInteger(start)) throw new Refusal('Invalid pagination token');
  const end = start + size;
  const next = end < all.length ? { next: Buffer.from(String(end)).toString('base64') } : undefined;
  return { items: all.slice(start, end), next };
}

const emptyAnswer = (path: string): Json =>
  path === '/query' ? { matches: [], namespace: '' } : path === '/vectors/list' ? { vectors: [] } : path === '/vectors/update' ? { matchedRecords: 0 } : { vectors: {} };

function read({ dropped }: FakePinecone, { records }: Space, path: string, body: Json, ids: readonly string[]): Json {
  const filter = body['filter'] as Json | undefined;
  const kept = (): readonly Stored[] => [...records.values()].filter(({ metadata }) => numbers(metadata ?? {}, filter, dropped));
  switch (path) {
    case '/query':
      return { matches: nearest(kept(), body), namespace: body['namespace'] };
    case '/vectors/update':
      return { matchedRecords: kept().length };
    case '/vectors/fetch':
      return { vectors: byId(ids.flatMap((id) => records.get(id) ?? [])), namespace: body['namespace'] };
    case '/vectors/fetch_by_metadata': {
      const { items, next } = page(kept(), body['paginationToken'], Math.min(Number(body['limit'] ?? 100), 50));
      return { vectors: byId(items), namespace: body['namespace'], pagination: next };
    }
    case '/vectors/list': {
      const all = [...records.keys()].filter((id) => id.startsWith(String(body['prefix'] ?? ''))).sort();
      const { items, next } = page(all, body['paginationToken'], Math.min(Number(body['limit'] ?? 100), 100));
      return { vectors: items.map((id) => ({ id })), pagination: next, namespace: body['namespace'] };
    }
    default:
      throw new Refusal(`unknown path ${path}`, 404);
  }
}

const byId = (found: readonly Stored[]): Json => Object.fromEntries(found.map((one) => [one.id, one]));

function numbers(metadata: Json, filter: Json | undefined, dropped: ReadonlySet<string>): boolean {
  try {
    return filter === undefined || meets(metadata, filter, dropped);
  } catch (error) {
    throw new Refusal(`Invalid filter: ${(error as Error).message}`);
  }
}

function nearest(kept: readonly Stored[], body: Json): readonly Json[] {
  const topK = Number(body['topK']);
  if (!(topK >= 1 && topK <= 10_000)) throw new Refusal('topK must be between 1 and 10000');
  const { vector, sparseVector } = body as { vector?: readonly number[]; sparseVector?: NonNullable<Stored['sparseValues']> };
  if ((vector === undefined) === (sparseVector === undefined)) throw new Refusal('one vector must be given');
  const scored = kept.flatMap(({ id, values, sparseValues }) => {
    if (vector !== undefined) {
      if (values?.length !== vector.length) throw new Refusal('Vector dimension does not match the dimension of the index');
      return [{ id, score: Math.fround(vector.reduce((sum, value, at) => sum + value * (values[at] ?? 0), 0)), values: [] }];
    }
    const asked = new Map(sparseVector?.indices.map((place, at) => [place, sparseVector.values[at] ?? 0]));
    const common = (sparseValues?.indices ?? []).flatMap((place, at) => {
      const weight = asked.get(place);
      return weight === undefined ? [] : [weight * (sparseValues?.values[at] ?? 0)];
    });
    return common.length === 0 ? [] : [{ id, score: Math.fround(common.reduce((sum, value) => sum + value, 0)) }];
  });
  const found = scored.sort((a, b) => b.score - a.score).slice(0, topK);
  if (body['includeMetadata'] !== true) return found;
  const all = new Map(kept.map((one) => [one.id, one.metadata]));
  return found.map((one) => ({ ...one, metadata: all.get(one.id) }));
}

function write(
  { dropped }: FakePinecone,
  index: Index,
  { records }: Space,
  path: string,
  body: Json,
  partial: number[],
): { readonly body: Json; readonly apply: () => void } {
  const matching = (): readonly Stored[] => {
    if (body['filter'] === undefined) throw new Refusal('a filter must be given');
    return [...records.values()].filter(({ metadata }) => numbers(metadata ?? {}, body['filter'], dropped));
  };
  if (path === '/vectors/delete') return { body: {}, apply: () => matching().forEach(({ id }) => records.delete(id)) };
  if (path === '/vectors/update') {
    checkMetadata(body['setMetadata']);
    const apply = (): void =>
      matching().forEach((one) => records.set(one.id, { ...one, metadata: { ...one.metadata, ...body['setMetadata'] } }));
    return { body: { matchedRecords: matching().length }, apply };
  }
  const vectors = body['vectors'] as Stored[];
  if (vectors.length === 0 || vectors.length > 1000) throw new Refusal('a request has 1 to 1000 vectors');
  if (new Set(vectors.map(({ id }) => id)).size !== vectors.length) throw new Refusal('Duplicate ids');
  vectors.forEach((one) => checkVector(index, one));
  const taken = vectors.slice(0, partial.shift() ?? vectors.length);
  return { body: { upsertedCount: taken.length }, apply: () => taken.forEach((one) => records.set(one.id, one)) };
}

function checkVector({ body }: Index, { id, values, sparseValues, metadata }: Stored): void {
  if (!/^[\x20-\x7e]{1,512}$/.test(id)) throw new Refusal('Vector ID must be ASCII and have 1 to 512 characters');
  if (metadata !== undefined) checkMetadata(metadata);
  if (body['vector_type'] === 'sparse') {
    const { indices = [], values: weights = [] } = sparseValues ?? {};
    const isFine = indices.length > 0 && indices.length <= 1000 && indices.length === weights.length && new Set(indices).size === indices.length;
    if (!isFine || values !== undefined || !indices.every((at) => Number.isInteger(at) && at >= 0 && at < 2 ** 32))
      throw new Refusal('Sparse vector is not valid');
    return;
  }
  if (values?.length !== body['dimension']) throw new Refusal('Vector dimension does not match the dimension of the index');
  if (values?.every((value) => value === 0) || !values?.every(Number.isFinite)) throw new Refusal('Dense vectors must contain at least one non-zero value');
}

function checkMetadata(metadata: Json): void {
  if (Buffer.byteLength(JSON.stringify(metadata)) > 40_960) throw new Refusal('Metadata size exceeds the limit of 40960 bytes per vector');
  for (const [name, value] of Object.entries(metadata)) {
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    if (name.startsWith('$') || !(isList || ['string', 'number', 'boolean'].includes(typeof value)))
      throw new Refusal(`Metadata value must be a string, number, boolean or list of strings, got '${name}'`);
  }
}
