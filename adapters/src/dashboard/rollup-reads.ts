import {
  isPlainObject,
  estimateCost,
  nodeOfExecution,
  type CandidateFacts,
  type RouteRequest,
  type Tables,
} from '@heddle/core';
import type { Saving } from './rollup-facts.js';

const decisionsSql =
  "SELECT body FROM records WHERE run = @run AND type = 'node-decision' AND body IS NOT NULL ORDER BY seq";
const failedSql = `SELECT records.run AS number, records.path AS path FROM runs JOIN records ON records.run = runs.number
  WHERE runs.id IN (EACH @ids) AND records.type = 'node-error'
    AND records.seq = (SELECT max(seq) FROM records AS errors WHERE errors.run = runs.number AND errors.type = 'node-error')`;
const writersSql = `SELECT run, model FROM (
    SELECT run, model, row_number() OVER (PARTITION BY run ORDER BY sum(output_tokens) DESC, min(number)) AS position
    FROM model_calls WHERE run IN (EACH @ids) AND kind = 'generate' GROUP BY run, model
  ) AS writers WHERE position = 1`;
// Only bundles with a cache or a route can have savings; runs of other bundles are not read. Bundles hold documents as text, in which
// quotes are escaped.
const savesSql = `SELECT 1 AS saves FROM bundles WHERE hash = @bundle AND (content LIKE '%"cache%' OR content LIKE '%"route%')`;

/** The most bundles for which memory keeps whether they have a cache or a route. */
const mostKnown = 5_000;

interface RunName {
  readonly id: string;
}

const idsOf = (runs: readonly RunName[]): string => JSON.stringify(runs.map(({ id }) => id));

/** Reads figures of runs that are not in their rows but in their records and model calls. */
export class RunReads {
  private readonly tables: Tables;
  private readonly known = new Map<string, boolean>();

  constructor(tables: Tables) {
    this.tables = tables;
  }

  /** The model that wrote the most tokens in each run, by the run's id; runs in which no model wrote are left out. */
  async modelsOf(runs: readonly RunName[]): Promise<ReadonlyMap<string, string>> {
    if (runs.length === 0) return new Map();
    const rows = await this.tables.all<{ readonly run: string; readonly model: string }>(writersSql, {
      ids: idsOf(runs),
    });
    return new Map(rows.map(({ run, model }) => [run, model]));
  }

  /** The node that failed last in each run, by the run's number; runs without a failed node are left out. */
  async failedNodesOf(runs: readonly RunName[]): Promise<ReadonlyMap<number, string>> {
    if (runs.length === 0) return new Map();
    const rows = await this.tables.all<{ readonly number: number; readonly path: string | null }>(failedSql, {
      ids: idsOf(runs),
    });
    return new Map(rows.map(({ number, path }) => [number, nodeOfExecution(path ?? '')]));
  }

  async savingsOf(run: number, bundle: string): Promise<readonly Saving[]> {
    if (!(await this.canSave(bundle))) return [];
    const rows = await this.tables.all<{ readonly body: string }>(decisionsSql, { run });
    return rows.flatMap(({ body }) => savingOf(body));
  }

  private async canSave(bundle: string): Promise<boolean> {
    const kept = this.known.get(bundle);
    if (kept !== undefined) return kept;
    const found = (await this.tables.get(savesSql, { bundle })) !== undefined;
    if (this.known.size > mostKnown) this.known.clear();
    this.known.set(bundle, found);
    return found;
  }
}

/** The savings of a stored decision; none if it cannot be read. */
export function savingOf(body: string): readonly Saving[] {
  const record = parse(body);
  const details = isPlainObject(record) ? record['details'] : undefined;
  if (!isPlainObject(record) || !isPlainObject(details)) return [];
  if (record['kind'] === 'cache') return cacheSaving(details);
  return record['kind'] === 'route' ? routeSaving(details) : [];
}

function cacheSaving({ savedCost, currency }: Readonly<Record<string, unknown>>): readonly Saving[] {
  if (typeof savedCost !== 'number' || !Number.isFinite(savedCost)) return [];
  return [{ source: 'cache', model: '', currency: typeof currency === 'string' ? currency : '', money: savedCost }];
}

/** The saving compared with the most expensive candidate that could have answered, among those with the currency of the chosen one. */
function routeSaving(details: Readonly<Record<string, unknown>>): readonly Saving[] {
  const { model, order, facts, request } = details;
  if (typeof model !== 'string' || !Array.isArray(order) || !Array.isArray(facts) || !isRequest(request)) return [];
  const candidates = facts.filter(isCandidate).filter((fact) => order.includes(fact.model));
  const chosen = candidates.find((fact) => fact.model === model);
  const spent = chosen === undefined ? undefined : estimateCost(request, chosen);
  if (chosen === undefined || spent === undefined) return [];
  const priced = candidates.filter(({ price }) => price !== undefined && price.input + price.output > 0);
  const currency = spent > 0 ? chosen.price?.currency : priced[0]?.price?.currency;
  if (currency === undefined) return [];
  const costs = priced
    .filter(({ price }) => price?.currency === currency)
    .map((fact) => estimateCost(request, fact) ?? 0);
  const money = Math.max(spent, ...costs) - spent;
  return money > 0 ? [{ source: 'routing', model, currency, money }] : [];
}

type Priced = Pick<CandidateFacts, 'model' | 'price'>;

function isCandidate(value: unknown): value is Priced {
  if (!isPlainObject(value) || typeof value['model'] !== 'string') return false;
  const price = value['price'];
  return (
    price === undefined ||
    (isPlainObject(price) &&
      typeof price['input'] === 'number' &&
      typeof price['output'] === 'number' &&
      typeof price['currency'] === 'string')
  );
}

function isRequest(value: unknown): value is Pick<RouteRequest, 'tokens' | 'maxTokens'> {
  return isPlainObject(value) && typeof value['tokens'] === 'number' && typeof value['maxTokens'] === 'number';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
