import { isPlainObject, estimateCost, nodeOfExecution, type CandidateFacts, type RouteRequest } from '@heddle/core';
import type Database from 'better-sqlite3';
import type { Saving } from './rollup-facts.js';

/** Decisions of a run that can hold savings; other bundles are not read. */
const savers = ['"cache"', '"route"'];

/** What the records of a run say that is not in its row. Statements are prepared once. */
export function createRunReads(connection: Database.Database) {
  const decisions = connection
    .prepare<[number], string>("SELECT body FROM records WHERE run = ? AND type = 'node-decision' AND body IS NOT NULL")
    .pluck();
  const failedAt = connection
    .prepare<[number], string | null>(
      "SELECT path FROM records WHERE run = ? AND type = 'node-error' ORDER BY seq DESC LIMIT 1",
    )
    .pluck();
  const writer = connection
    .prepare<[string], string>(
      `SELECT model FROM model_calls WHERE run = ? AND kind = 'generate'
       GROUP BY model ORDER BY sum(output_tokens) DESC, min(number) LIMIT 1`,
    )
    .pluck();
  const saves = connection
    .prepare<[string, string, string], number>(
      'SELECT instr(content, ?) + instr(content, ?) > 0 FROM bundles WHERE hash = ?',
    )
    .pluck();
  const known = new Map<string, boolean>();

  function canSave(bundle: string): boolean {
    const kept = known.get(bundle);
    if (kept !== undefined) return kept;
    const [cache = '', route = ''] = savers;
    const found = saves.get(cache, route, bundle) === 1;
    if (known.size > 5_000) known.clear();
    known.set(bundle, found);
    return found;
  }

  return {
    /** The model that wrote most in a run; empty if none did. */
    modelOf: (runId: string): string => writer.get(runId) ?? '',
    /** The node whose failure was the last one; empty if no node failed. */
    failedNodeOf: (run: number): string => nodeOfExecution(failedAt.get(run) ?? ''),
    savingsOf: (run: number, bundle: string): readonly Saving[] =>
      canSave(bundle) ? decisions.all(run).flatMap(savingOf) : [],
  };
}

/** What a stored decision saved. A decision that cannot be read saves nothing. */
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

/** Against the dearest of the candidates that could have answered, of those in the currency of the chosen one. */
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
