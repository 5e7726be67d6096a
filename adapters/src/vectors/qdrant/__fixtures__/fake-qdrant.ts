import type { Answer, Asked } from './stand-in.js';

interface Point {
  readonly id: string;
  readonly vector: { readonly dense?: readonly number[]; readonly bm25?: { readonly text: string } };
  readonly payload: Record<string, unknown>;
}

interface Stored {
  readonly config: { readonly vectors: { readonly dense: { readonly size: number } }; readonly metadata?: unknown };
  readonly points: Map<string, Point>;
}

type Json = Record<string, any>; // whatever a request holds: it was checked against the description before

/**
 * A small Qdrant in memory: just what the adapter uses, with the real server's envelopes and messages. Its BM25 is a plain
 * one; it proves what the adapter asks and how it reads answers, not the real server's ranking.
 */
export function createFakeQdrant(): (asked: Asked) => Answer {
  const collections = new Map<string, Stored>();
  const aliases = new Map<string, string>();
  const ok = (result: unknown): Answer => ({ status: 200, body: { result, status: 'ok', time: 0.001 } });
  const fail = (status: number, error: string): Answer => ({ status, body: { status: { error }, time: 0.001 } });

  const onCollection = (name: string, action: string, { method, body }: Asked): Answer => {
    const request = (body ?? {}) as Json;
    if (action === '' && method === 'PUT') {
      if (collections.has(name)) return fail(409, `Wrong input: Collection \`${name}\` already exists!`);
      collections.set(name, { config: request as Stored['config'], points: new Map() });
      return ok(true);
    }
    if (action === '' && method === 'DELETE') {
      for (const [alias, target] of aliases) if (target === name) aliases.delete(alias);
      return ok(collections.delete(name));
    }
    const stored = collections.get(aliases.get(name) ?? name);
    if (stored === undefined) return fail(404, `Not found: Collection \`${name}\` doesn't exist!`);
    const points = [...stored.points.values()];
    const matching = (): Point[] => points.filter((point) => fits(request['filter'], point));
    switch (`${method} ${action}`) {
      case 'GET ':
        return ok({ status: 'green', points_count: points.length, config: { params: stored.config, metadata: stored.config.metadata } });
      case 'PUT index':
        return ok({ operation_id: 1, status: 'completed' });
      case 'PUT points':
        for (const point of request['points'] as Point[]) stored.points.set(point.id, point);
        return ok({ operation_id: 1, status: 'completed' });
      case 'POST points/payload':
        for (const { payload } of matching()) Object.assign(payload, request['payload']);
        return ok({ operation_id: 1, status: 'completed' });
      case 'POST points/payload/delete':
        for (const { payload } of matching()) for (const key of request['keys'] as string[]) Reflect.deleteProperty(payload, key);
        return ok({ operation_id: 1, status: 'completed' });
      case 'POST points/delete':
        for (const { id } of matching()) stored.points.delete(id);
        return ok({ operation_id: 1, status: 'completed' });
      case 'POST points/count':
        return ok({ count: matching().length });
      case 'POST points/scroll':
        return ok(scroll(matching(), request));
      case 'POST points/query':
        return ok({ points: query(points, request).map(({ point, score }) => ({ id: point.id, version: 1, score, payload: point.payload, ...(request['with_vector'] === false ? {} : { vector: { dense: point.vector.dense } }) })) });
      default:
        return fail(404, '');
    }
  };

  return (asked) => {
    const [, first, name = '', ...rest] = asked.path.split('/');
    if (first === 'aliases') return ok({ aliases: [...aliases].map(([alias_name, collection_name]) => ({ alias_name, collection_name })) });
    if (first === 'collections' && name === 'aliases') {
      for (const action of (asked.body as Json)['actions'] as Json[]) {
        if ('delete_alias' in action) aliases.delete(action['delete_alias'].alias_name);
        else aliases.set(action['create_alias'].alias_name, action['create_alias'].collection_name);
      }
      return ok(true);
    }
    return onCollection(name, rest.join('/'), asked);
  };
}

function scroll(points: Point[], request: Json): unknown {
  const order = request['order_by'] as { key: string; direction: string } | undefined;
  const sorted = points.sort((a, b) => (order === undefined ? (a.id < b.id ? -1 : 1) : Number(b.payload[order.key]) - Number(a.payload[order.key])));
  const start = request['offset'] === undefined ? 0 : sorted.findIndex(({ id }) => id === request['offset']);
  const page = sorted.slice(start, start + request['limit']);
  return { points: page.map(({ id, payload, vector }) => ({ id, payload, ...(Array.isArray(request['with_vector']) ? { vector: { dense: vector.dense } } : {}) })), next_page_offset: order === undefined ? (sorted[start + request['limit']]?.id ?? null) : null };
}

interface Hit {
  readonly point: Point;
  readonly score: number;
}

function query(points: readonly Point[], request: Json): readonly Hit[] {
  // As on a real server, equal scores have an order of their own.
  const best = (hits: Hit[]): Hit[] => hits.reverse().sort((a, b) => b.score - a.score).slice(0, request['limit']);
  if (request['prefetch'] !== undefined) {
    const { k, weights } = request['query'].rrf as { k: number; weights: number[] };
    const joined = new Map<Point, number>();
    (request['prefetch'] as Json[]).forEach((leg, index) => query(points, leg).forEach(({ point }, rank) => joined.set(point, (joined.get(point) ?? 0) + (weights[index] ?? 1) / (k + rank + 1))));
    return best([...joined].map(([point, score]) => ({ point, score })));
  }
  const within = points.filter((point) => fits(request['filter'], point));
  if (request['using'] === 'dense') return best(within.flatMap((point) => (point.vector.dense === undefined ? [] : [{ point, score: cosine(request['query'], point.vector.dense) }])));
  // Terms weigh by all passages, whatever the filter keeps.
  const kept = new Set(within);
  return best(bm25(points, request['query'].text).filter(({ point }) => kept.has(point)));
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const product = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b) || 1);
}

const stems = (text: string): string[] => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/(ing|s)$/, ''));

function bm25(points: readonly Point[], text: string): Hit[] {
  const bags = points.map((point) => ({ point, words: stems(point.vector.bm25?.text ?? '') }));
  return bags.flatMap(({ point, words }) => {
    const score = [...new Set(stems(text))].reduce((sum, word) => {
      const holding = bags.filter((bag) => bag.words.includes(word)).length;
      const count = words.filter((other) => other === word).length;
      return sum + (Math.log(1 + (bags.length - holding + 0.5) / (holding + 0.5)) * count) / (count + 1);
    }, 0);
    return score > 0 ? [{ point, score }] : [];
  });
}

function fits(condition: Json | undefined, point: Point): boolean {
  if (condition === undefined) return true;
  const all = (conditions: Json[] | undefined): Json[] => conditions ?? [];
  if ('must' in condition || 'should' in condition || 'must_not' in condition) {
    const should = all(condition['should']);
    return all(condition['must']).every((inner) => fits(inner, point)) && !all(condition['must_not']).some((inner) => fits(inner, point)) && (should.length === 0 || should.some((inner) => fits(inner, point)));
  }
  if ('has_id' in condition) return (condition['has_id'] as string[]).includes(point.id);
  if ('is_empty' in condition) return valuesAt(condition['is_empty'].key, point).length === 0;
  const values = valuesAt(condition['key'], point);
  if ('match' in condition) return values.some((value) => ('any' in condition['match'] ? condition['match'].any.includes(value) : value === condition['match'].value));
  return values.some((value) => inRange(condition['range'], value));
}

function inRange(range: Json, value: unknown): boolean {
  const number = (item: unknown): number => (typeof item === 'string' ? Date.parse(item) : Number(item));
  const kinds = Object.values(range).every((bound) => typeof bound === typeof value);
  const [asked, { gt, gte, lt, lte }] = [number(value), range];
  return kinds && (gt === undefined || asked > number(gt)) && (gte === undefined || asked >= number(gte)) && (lt === undefined || asked < number(lt)) && (lte === undefined || asked <= number(lte));
}

function valuesAt(key: string, point: Point): unknown[] {
  const parts = [...key.matchAll(/"([^"]*)"|([^."]+)/g)].map((match) => match[1] ?? match[2] ?? '');
  const value = parts.reduce<unknown>((item, part) => (typeof item === 'object' && item !== null ? (item as Json)[part] : undefined), point.payload);
  return (Array.isArray(value) ? value : [value]).filter((item) => item !== undefined && item !== null);
}
