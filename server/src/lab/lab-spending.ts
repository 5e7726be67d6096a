import type { LabSpending } from '@heddle/adapters/lab';
import {
  HeddleError,
  type InputUsage,
  type LabConfiguration,
  type LabScore,
  type ModelPrice,
  type Reranker,
} from '@heddle/core';
import { costOf } from '../calls/cost-of.js';
import { mostSearches } from '../calls/most-searches.js';

/** The price of a model of a connection; undefined where it is unknown. */
export type PriceOf = (model: string) => Promise<ModelPrice | undefined>;

/** What is known of the rerankers of a lab before it begins. */
export interface RerankerFacts {
  readonly isLocal: boolean;
  readonly price: ModelPrice | undefined;
}

/** Tokens of a question, for an estimate. */
const questionTokens = 30;

/**
 * Refuses a lab whose rerankers cost money that nobody allowed. The estimate takes each passage as long as its index allows. Errors:
 * `lab_invalid`, `price_missing`.
 */
export function checkCost(
  configurations: readonly LabConfiguration[],
  questions: number,
  maxCost: number | undefined,
  facts: ReadonlyMap<string, RerankerFacts>,
): void {
  let cost = 0;
  let currency: string | undefined;
  for (const { index, search } of configurations) {
    const { reranker } = search;
    const known = reranker === undefined ? undefined : facts.get(reranker.model);
    if (reranker === undefined || known === undefined || known.isLocal) continue;
    const { price } = known;
    if (price === undefined)
      throw new HeddleError(
        'price_missing',
        `The price of '${reranker.model}' is unknown, so the limit of the lab cannot hold: set its price in the connection.`,
      );
    if (currency !== undefined && price.currency !== currency)
      throw new HeddleError(
        'lab_invalid',
        `The rerankers have prices in ${currency} and in ${price.currency}, which cannot be added: try them in labs of their own.`,
      );
    currency = price.currency;
    const tokens = reranker.candidates * (index.splitter.maxTokens + questionTokens);
    const searches = Math.ceil(reranker.candidates / 100);
    cost += questions * (costOf({ inputTokens: tokens, outputTokens: 0, searches }, price) ?? 0);
  }
  if (currency === undefined || (maxCost !== undefined && cost <= maxCost)) return;
  const about = `about ${cost.toFixed(2)} ${currency}`;
  throw new HeddleError(
    'lab_invalid',
    maxCost === undefined
      ? `The calls of rerankers on other machines cost money, ${about} here: set the most that the lab may cost.`
      : `The calls of rerankers would cost ${about}, and the lab may cost ${maxCost}: raise the limit, or take fewer questions, values or passages to rerank.`,
    { details: { cost, currency } },
  );
}

/** What the rerankers of a running lab cost; a call that could go over the limit is not made. */
export class LabMoney {
  private tally = { calls: 0, cost: 0, currency: undefined as string | undefined };
  private spent: number;

  constructor(
    private readonly maxCost: number | undefined,
    private readonly priceOf: PriceOf,
    scores: readonly LabScore[],
  ) {
    this.spent = scores.reduce((sum, { cost, questions }) => sum + ((cost?.perThousand ?? 0) * questions) / 1_000, 0);
  }

  /** What was taken since the last time. */
  take(): LabSpending {
    const taken = this.tally;
    this.tally = { calls: 0, cost: 0, currency: undefined };
    return taken;
  }

  /** Errors: `budget_exceeded`, `price_missing`. */
  watch(reranker: Reranker): Reranker {
    const { id, destination } = reranker;
    return {
      id,
      destination,
      fileHash: reranker.fileHash,
      manifestHash: reranker.manifestHash,
      rerank: async (query, texts, options) => {
        const most = destination.isLocal ? 0 : await this.mostOf(id, query, texts);
        let usage: InputUsage | undefined;
        const scores = await reranker.rerank(query, texts, { ...options, onUsage: (taken) => (usage = taken) });
        this.tally.calls += 1;
        if (!destination.isLocal) this.count(usage?.cost ?? most, usage?.currency);
        return scores;
      },
    };
  }

  private count(cost: number, currency = 'USD'): void {
    this.spent += cost;
    this.tally.cost += cost;
    this.tally.currency = currency;
  }

  private async mostOf(id: string, query: string, texts: readonly string[]): Promise<number> {
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + Buffer.byteLength(query), 0);
    const price = await this.priceOf(id);
    const most = costOf({ inputTokens: bytes, outputTokens: 0, searches: mostSearches(query, texts) }, price);
    if (most === undefined || this.maxCost === undefined)
      throw new HeddleError('price_missing', `The price of '${id}' or the limit of the lab is unknown: set both.`);
    if (this.spent + most <= this.maxCost) return most;
    throw new HeddleError(
      'budget_exceeded',
      `The lab has spent ${this.spent.toFixed(4)} of ${this.maxCost}, and the next call of '${id}' may cost ${most.toFixed(4)}: it is not made.`,
      { details: { spent: this.spent, needed: most } },
    );
  }
}
