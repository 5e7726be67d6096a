import type { LabRewriting, LabSpending } from '@heddle/adapters/lab';
import {
  HeddleError,
  type GenerateRequest,
  type InputUsage,
  type LabConfiguration,
  type LabRewrite,
  type LanguageModel,
  type ModelPrice,
  type Reranker,
  type Usage,
} from '@heddle/core';
import { mostQueriesOf, promptOfRewriting, usualRewriting } from '@heddle/nodes';
import { costOf } from '../calls/cost-of.js';
import { mostSearches } from '../calls/most-searches.js';

/** Finds the price of a model of a connection; undefined if it is unknown. */
export type PriceOf = (model: string) => Promise<ModelPrice | undefined>;

/** What is known of the models of a lab before it begins. */
export interface ModelFacts {
  readonly isLocal: boolean;
  readonly price: ModelPrice | undefined;
}

/** The most that a call can use. */
type Needed = Pick<Usage, 'inputTokens' | 'outputTokens'> & { readonly searches?: number };

type Cost = NonNullable<LabRewriting['cost']>;

/** The tokens of a question, in an estimate. */
const questionTokens = 30;
/** The tokens of an instruction with its chat template, in estimates and limits. */
const instructionTokens = 100;

/**
 * Refuses a lab if its rerankers or rewriting cost money that was not allowed. The estimate assumes that each passage is as long as its
 * index allows, and that each rewriting is as long as the model may write. Errors: `lab_invalid`, `price_missing`.
 */
export function checkCost(
  configurations: readonly LabConfiguration[],
  questions: number,
  maxCost: number | undefined,
  facts: ReadonlyMap<string, ModelFacts>,
): void {
  let cost = 0;
  let currency: string | undefined;
  const calls = [...rewritesOf(configurations).map(neededOfRewrite), ...configurations.flatMap(neededOfReranker)];
  for (const { model, needed } of calls) {
    const known = facts.get(model);
    if (known === undefined || known.isLocal) continue;
    const { price } = known;
    if (price === undefined)
      throw new HeddleError(
        'price_missing',
        `The price of '${model}' is unknown, so the limit of the lab cannot hold: set its price in the connection.`,
      );
    if (currency !== undefined && price.currency !== currency)
      throw new HeddleError(
        'lab_invalid',
        `The models have prices in ${currency} and in ${price.currency}, which cannot be added: try them in separate labs.`,
      );
    currency = price.currency;
    cost += questions * (costOf(needed, price) ?? 0);
  }
  if (currency === undefined || (maxCost !== undefined && cost <= maxCost)) return;
  const about = `about ${cost.toFixed(2)} ${currency}`;
  throw new HeddleError(
    'lab_invalid',
    maxCost === undefined
      ? `The calls of models on other machines cost money, ${about} here: set the most that the lab may cost.`
      : `The calls of models on other machines would cost ${about}, and the lab may cost ${maxCost}: raise the limit, or take fewer questions, values or passages to rerank.`,
    { details: { cost, currency } },
  );
}

/** The different rewritings of configurations. Configurations with the same rewriting share its calls. */
export const rewritesOf = (configurations: readonly LabConfiguration[]): readonly LabRewrite[] => [
  ...new Map(
    configurations.flatMap(({ search: { rewrite } }) =>
      rewrite === undefined ? [] : [[JSON.stringify([rewrite.kind, rewrite.model]), rewrite] as const],
    ),
  ).values(),
];

/** The request that rewrites a question, as the node _Rewrite query_ makes it with default settings. */
export const requestOfRewriting = (question: string, { kind }: LabRewrite): GenerateRequest => ({
  messages: [{ role: 'user', content: promptOfRewriting(question, { mode: kind, count: usualRewriting.count }) }],
  maxTokens: usualRewriting.maxTokens,
  temperature: 0,
});

const neededOfRewrite = ({ model }: LabRewrite): { readonly model: string; readonly needed: Needed } => ({
  model,
  needed: { inputTokens: questionTokens + instructionTokens, outputTokens: usualRewriting.maxTokens },
});

/** Estimates the reranking of one question: every query that it is rewritten to is searched and reranked. */
function neededOfReranker({
  index,
  search: { reranker, rewrite },
}: LabConfiguration): readonly { readonly model: string; readonly needed: Needed }[] {
  if (reranker === undefined) return [];
  const { model, candidates } = reranker;
  const queries = rewrite === undefined ? 1 : mostQueriesOf({ mode: rewrite.kind, count: usualRewriting.count });
  const queryTokens = rewrite === undefined ? questionTokens : usualRewriting.maxTokens;
  const inputTokens = queries * candidates * (index.splitter.maxTokens + queryTokens);
  return [{ model, needed: { inputTokens, outputTokens: 0, searches: queries * Math.ceil(candidates / 100) } }];
}

/** Tracks what the models of a running lab cost. A call that could exceed the limit is not made. */
export class LabMoney {
  private tally = { calls: 0, cost: 0, currency: undefined as string | undefined };
  /** The highest possible cost of the calls in progress. */
  private reserved = 0;

  /** `spent` is what earlier processes spent. */
  constructor(
    private readonly maxCost: number | undefined,
    private readonly priceOf: PriceOf,
    private spent: number,
  ) {}

  /** What rerankers used since the last call of this method. */
  take(): LabSpending {
    const taken = this.tally;
    this.tally = { calls: 0, cost: 0, currency: undefined };
    return taken;
  }

  /** Wraps a reranker so that its calls are paid for. Errors: `budget_exceeded`, `price_missing`. */
  watch(reranker: Reranker): Reranker {
    const { id, destination } = reranker;
    return {
      id,
      destination,
      fileHash: reranker.fileHash,
      manifestHash: reranker.manifestHash,
      rerank: async (query, texts, options) => {
        const inputTokens = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + Buffer.byteLength(query), 0);
        const needed = { inputTokens, outputTokens: 0, searches: mostSearches(query, texts) };
        const { result, cost } = await this.pay(reranker, needed, async () => {
          let usage: InputUsage | undefined;
          const scores = await reranker.rerank(query, texts, { ...options, onUsage: (taken) => (usage = taken) });
          return { result: scores, usage };
        });
        this.tally.calls += 1;
        this.tally.cost += cost?.amount ?? 0;
        this.tally.currency = cost?.currency ?? this.tally.currency;
        return result;
      },
    };
  }

  /**
   * Calls a model, and returns its text with the cost. Errors: `budget_exceeded`, `price_missing`, `stream_incomplete`, those of the model.
   */
  async write(
    model: Pick<LanguageModel, 'info' | 'generate'>,
    request: GenerateRequest,
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly cost: Cost | undefined }> {
    const bytes = request.messages.reduce((sum, { content }) => sum + Buffer.byteLength(JSON.stringify(content)), 0);
    const needed = { inputTokens: bytes + instructionTokens, outputTokens: request.maxTokens ?? 0 };
    const { result, cost } = await this.pay(model.info, needed, async () => {
      let text = '';
      for await (const event of model.generate(request, { signal })) {
        if (event.type === 'text') text += event.text;
        if (event.type === 'end' && event.finishReason !== 'incomplete') return { result: text, usage: event.usage };
      }
      throw new HeddleError(
        'stream_incomplete',
        `The answer of '${model.info.id}' ended early, after ${text.length} characters: continue the lab.`,
      );
    });
    return { text: result, cost };
  }

  /** Makes a call if the limit allows it. A call that reports no cost counts with its highest possible cost. */
  private async pay<Result>(
    { id, destination }: Pick<Reranker, 'id' | 'destination'>,
    needed: Needed,
    call: () => Promise<{ readonly result: Result; readonly usage: InputUsage | undefined }>,
  ): Promise<{ readonly result: Result; readonly cost: Cost | undefined }> {
    if (destination.isLocal) return { result: (await call()).result, cost: undefined };
    const price = await this.priceOf(id);
    const most = this.reserve(id, costOf(needed, price));
    try {
      const { result, usage } = await call();
      const cost = { amount: usage?.cost ?? most, currency: usage?.currency ?? price?.currency ?? 'USD' };
      this.spent += cost.amount;
      return { result, cost };
    } finally {
      this.reserved -= most;
    }
  }

  /** Reserves the cost of a call. Queries of a question are reranked in parallel, so calls in progress count too. */
  private reserve(id: string, most: number | undefined): number {
    if (most === undefined || this.maxCost === undefined)
      throw new HeddleError('price_missing', `The price of '${id}' or the limit of the lab is unknown: set both.`);
    if (this.spent + this.reserved + most > this.maxCost)
      throw new HeddleError(
        'budget_exceeded',
        `The lab has spent ${this.spent.toFixed(4)} of ${this.maxCost}, and the next call of '${id}' may cost ${most.toFixed(4)}: it is not made.`,
        { details: { spent: this.spent, needed: most } },
      );
    this.reserved += most;
    return most;
  }
}
