import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readQuery, type Field } from './read-query.js';

type Json = Record<string, any>;

interface Stored {
  readonly id: string;
  readonly properties: Json;
  readonly vectors: Readonly<Record<string, readonly number[]>>;
  /** It is in no index, as after a kill: nothing finds it until it is written with other vectors. */
  readonly isLost?: boolean;
}

interface Class {
  readonly body: Json;
  readonly tenants: Map<string, Map<string, Stored>>;
}

/** A small Weaviate of our own: as much of it as the store asks for. */
export interface FakeWeaviate {
  readonly url: string;
  /** Requests as `METHOD path`. */
  readonly asked: readonly string[];
  /** Does something before the next request whose `METHOD path` meets the pattern is answered. */
  before(pattern: RegExp, work: () => void): void;
  /** Properties whose conditions it drops, as no server should. */
  readonly dropped: Set<string>;
  /** Its classes by name. */
  readonly classes: Map<string, Class>;
  /** Takes everything that is stored out of the indexes. */
  loseIndexes(): void;
  /** Answers the next requests with this instead. */
  fail(status: number, body: unknown, times: number): void;
  close(): Promise<void>;
}

/** Starts one on a port of its own. */
export async function startFakeWeaviate(): Promise<FakeWeaviate> {
  const classes = new Map<string, Class>();
  const dropped = new Set<string>();
  const asked: string[] = [];
  const failures: { readonly status: number; readonly body: unknown }[] = [];
  const hooks: { readonly pattern: RegExp; readonly work: () => void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const line = `${request.method} ${url.pathname}`;
      asked.push(line);
      const hook = hooks.findIndex(({ pattern }) => pattern.test(line));
      if (hook >= 0) hooks.splice(hook, 1)[0]?.work();
      const text = Buffer.concat(chunks).toString('utf8');
      const { status, body } = failures.shift() ?? answer({ classes, dropped }, line, url, text === '' ? {} : (JSON.parse(text) as Json));
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ asked, classes, dropped },
    before: (pattern, work) => hooks.push({ pattern, work }),
    loseIndexes: () => {
      for (const { tenants } of classes.values())
        for (const objects of tenants.values())
          for (const [id, object] of objects) objects.set(id, { ...object, isLost: true });
    },
    fail: (status, body, times) => failures.push(...Array.from({ length: times }, () => ({ status, body }))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

const ok = (body?: unknown): Answer => ({ status: 200, body });
const refused = (status: number, message: string): Answer => ({ status, body: { error: [{ message }] } });

/** A fault that the server writes into its answer. */
class Refusal extends Error {}

interface State {
  readonly classes: Map<string, Class>;
  readonly dropped: ReadonlySet<string>;
}

function answer({ classes, dropped }: State, line: string, url: URL, body: Json): Answer {
  const [method, path = ''] = line.split(' ');
  const [, , area, name = '', part] = path.split('/');
  try {
    if (area === 'meta') return ok({ version: '1.35.2', modules: {} });
    if (area === 'graphql') return ok(query({ classes, dropped }, String(body['query'])));
    if (area === 'batch' && method === 'POST') return ok(body['objects'].map((one: Json) => put(classes, one)));
    if (area === 'batch') return ok(removed(classes, url, body['match']));
    if (area === 'objects') return changed(classes, body);
    if (part === 'tenants') return tenants(classes, method ?? '', name, body);
    return schema(classes, method ?? '', name, body);
  } catch (error) {
    if (error instanceof Refusal) return refused(422, error.message);
    throw error;
  }
}

function schema(classes: Map<string, Class>, method: string, name: string, body: Json): Answer {
  if (method === 'POST') {
    if (classes.has(body['class'])) return refused(422, `class name ${body['class']} already exists`);
    classes.set(body['class'], { body, tenants: new Map() });
    return ok(body);
  }
  if (method === 'DELETE') return (classes.delete(name), ok());
  if (name === '') return ok({ classes: [...classes.values()].map((one) => one.body) });
  const found = classes.get(name);
  return found === undefined ? { status: 404 } : ok(found.body);
}

function tenants(classes: Map<string, Class>, method: string, name: string, body: Json): Answer {
  const known = classes.get(name)?.tenants;
  if (known === undefined) return refused(422, `could not find class ${name} in schema`);
  if (method === 'GET') return ok([...known.keys()].map((tenant) => ({ name: tenant })));
  if (method === 'DELETE') for (const tenant of body as unknown as string[]) known.delete(tenant);
  else for (const { name: tenant } of body as unknown as Json[]) if (!known.has(tenant)) known.set(tenant, new Map());
  return ok(method === 'DELETE' ? undefined : body);
}

function objectsOf(classes: Map<string, Class>, name: string, tenant: string): Map<string, Stored> {
  const found = classes.get(name)?.tenants.get(tenant);
  if (found === undefined) throw new Refusal(`tenant not found: "${tenant}"`);
  return found;
}

/** With the same vectors, an object stays in the indexes that it is in, and goes into no other one. */
function write(objects: Map<string, Stored>, object: Stored): void {
  const before = objects.get(object.id);
  const isSame = JSON.stringify(before?.vectors) === JSON.stringify(object.vectors);
  objects.set(object.id, { ...object, isLost: isSame && before?.isLost === true });
}

function put(classes: Map<string, Class>, { class: name, tenant, id, properties, vectors }: Json): Json {
  try {
    write(objectsOf(classes, name, tenant), { id, properties, vectors });
    return { result: { status: 'SUCCESS' } };
  } catch (error) {
    return { result: { status: 'FAILED', errors: { error: [{ message: (error as Error).message }] } } };
  }
}

function changed(classes: Map<string, Class>, { class: name, tenant, id, properties, vectors }: Json): Answer {
  const objects = objectsOf(classes, name, tenant);
  const found = objects.get(id);
  if (found === undefined) return { status: 404 };
  write(objects, { id, properties: { ...found.properties, ...properties }, vectors: { ...found.vectors, ...vectors } });
  return { status: 204 };
}

/** The server removes so many with one request. */
const mostRemoved = 50;

function removed(classes: Map<string, Class>, url: URL, { class: name, where }: Json): Json {
  const objects = objectsOf(classes, name, url.searchParams.get('tenant') ?? '');
  const meets = condition(where);
  const found = [...objects.values()].filter((one) => one.isLost !== true && meets(one));
  for (const { id } of found.slice(0, mostRemoved)) objects.delete(id);
  return { results: { matches: found.length, successful: Math.min(found.length, mostRemoved), failed: 0 } };
}

function query({ classes, dropped }: State, text: string): Json {
  try {
    const [kind] = readQuery(text);
    const [asked] = kind?.fields ?? [];
    if (kind === undefined || asked === undefined) throw new Refusal('Syntax Error');
    if (!classes.has(asked.name)) throw new Refusal(`Cannot query field "${asked.name}" on type "GetObjectsObj".`);
    const stored = [...objectsOf(classes, asked.name, String(asked.args['tenant'])).values()];
    const all = stored.filter(({ isLost }) => isLost !== true);
    const found = all.filter(condition(asked.args['where'] as Json | undefined, dropped));
    const rows = kind.name === 'Aggregate' ? [facts(asked, found)] : get(asked, found, all);
    return { data: { [kind.name]: { [asked.name]: rows } } };
  } catch (error) {
    if (error instanceof Refusal) return { data: null, errors: [{ message: error.message }] };
    throw error;
  }
}

function facts({ fields }: Field, found: readonly Stored[]): Json {
  return Object.fromEntries(
    fields.map(({ name }) => {
      const numbers = found.flatMap(({ properties }) => (properties[name] as number | undefined) ?? []);
      const sum = numbers.reduce((all, one) => all + one, 0);
      return [name, { count: numbers.length, maximum: numbers.length === 0 ? null : Math.max(...numbers), sum }];
    }),
  );
}

function get({ args, fields }: Field, found: readonly Stored[], all: readonly Stored[]): readonly Json[] {
  const limit = Number(args['limit']);
  if (limit > 10_000) throw new Refusal('invalid pagination params: query maximum results exceeded');
  const { nearVector, bm25, sort } = args as Json;
  const target = String(nearVector?.['targetVectors'][0]);
  const score = bm25 === undefined ? () => 0 : bm25Of(all, String(bm25['query']));
  const rows = found
    .filter(({ vectors }) => nearVector === undefined || vectors[target] !== undefined)
    .map((one) => ({ one, distance: nearVector === undefined ? 0 : -product(nearVector['vector'], one.vectors[target] ?? []), score: score(one) }))
    .filter((row) => bm25 === undefined || row.score > 0)
    // As the server ranks what is in its memory: nothing is compared with the first ones where the list is full.
    .slice(0, bm25 === undefined ? undefined : Math.max(limit + 10, Math.floor(limit * 1.1)))
    .sort((a, b) => a.distance - b.distance || b.score - a.score);
  const path = sort?.['path'][0] as string | undefined;
  if (path !== undefined) rows.sort((a, b) => (a.one.properties[path] < b.one.properties[path] ? -1 : 1));
  return rows.slice(0, limit).map(({ one, distance, score: value }) =>
    Object.fromEntries(
      fields.map(({ name }) => [
        name,
        name === '_additional' ? { id: one.id, distance, score: String(value), vectors: one.vectors } : (one.properties[name] ?? null),
      ]),
    ),
  );
}

const product = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

const wordsOf = ({ properties }: Stored): readonly string[] =>
  String(properties['terms'] ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');

/** The server weighs a term by how often the question has it. */
function bm25Of(all: readonly Stored[], question: string): (one: Stored) => number {
  const asked = new Map<string, number>();
  for (const word of question.split(' ')) asked.set(word, (asked.get(word) ?? 0) + 1);
  const texts = all.map(wordsOf);
  const average = texts.reduce((sum, words) => sum + words.length, 0) / Math.max(1, texts.length);
  const weights = new Map(
    [...asked].map(([word, times]) => {
      const holding = texts.filter((words) => words.includes(word)).length;
      return [word, times * Math.log(1 + (texts.length - holding + 0.5) / (holding + 0.5))];
    }),
  );
  return (one) => {
    const words = wordsOf(one);
    let sum = 0;
    for (const [word, weight] of weights) {
      const count = words.filter((other) => other === word).length;
      if (count > 0) sum += (weight * count) / (count + 1.2 * (0.6 + (0.4 * words.length) / average));
    }
    return sum;
  };
}

/** Which objects meet a condition, written for either interface. */
function condition(where: Json | undefined, dropped: ReadonlySet<string> = new Set()): (one: Stored) => boolean {
  if (where === undefined || dropped.has(where['path']?.[0])) return () => true;
  const { operator, operands = [], path = [], valueText, valueTextArray, valueInt } = where;
  const inner = (operands as Json[]).map((one) => condition(one, dropped));
  if (operator === 'And') return (one) => inner.every((meets) => meets(one));
  if (operator === 'Or') return (one) => inner.some((meets) => meets(one));
  if (operator === 'Not') return (one) => !inner.some((meets) => meets(one));
  // The server cuts spaces off the texts of a property that is compared as a whole.
  const valuesOf = ({ id, properties }: Stored): readonly any[] =>
    (path[0] === 'id' ? [id] : [properties[path[0]] ?? []].flat()).map((value) => (typeof value === 'string' ? value.trim() : value));
  const test = tests[operator]?.(valueTextArray ?? valueText ?? valueInt);
  if (test === undefined) throw new Refusal(`unknown operator ${operator}`);
  return (one) => valuesOf(one).some(test);
}

const tests: Readonly<Record<string, (wanted: any) => (value: any) => boolean>> = {
  Equal: (wanted) => (value) => value === wanted,
  ContainsAny: (wanted: readonly string[]) => {
    const all = new Set(wanted);
    return (value) => all.has(value);
  },
  GreaterThan: (wanted) => (value) => value > wanted,
  GreaterThanEqual: (wanted) => (value) => value >= wanted,
  LessThanEqual: (wanted) => (value) => value <= wanted,
  Like: (wanted: string) => {
    const pattern = new RegExp(`^${wanted.replace(/[.+^$()[\]{}|\\]/g, '\\$&').replaceAll('?', '.').replaceAll('*', '.*')}$`);
    return (value) => pattern.test(value);
  },
};
