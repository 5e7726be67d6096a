import { inSlices } from '@heddle/adapters/event-loop';
import { trainBoundarySteps } from '@heddle/adapters/routing';
import {
  boundaryInput,
  fewestTrainingRows,
  HeddleError,
  withoutUndefined,
  type RoutePolicy,
  type RouteTraining,
  type RouteTrainingResult,
} from '@heddle/core';
import type { PairedRow } from './read-rows.js';
import type { RouteTrainingPlan } from './plan-route-training.js';

export interface ComparedPair {
  readonly row: PairedRow;
  /** How much worse the cheap answer is, from -1 to 1. */
  readonly loss: number;
}

/**
 * Learns a policy from compared answers. `vectors` are the embeddings of the requests, in the same order. Errors: `experiment_invalid` for
 * too few requests.
 */
export async function learnRoute(
  { id, request }: Pick<RouteTraining, 'id' | 'request'>,
  { models }: Pick<RouteTrainingPlan, 'models'>,
  pairs: readonly ComparedPair[],
  vectors: readonly Float32Array[],
  { skipped, now }: { readonly skipped: number; readonly now: number },
): Promise<RouteTrainingResult> {
  if (pairs.length < fewestTrainingRows)
    throw new HeddleError(
      'experiment_invalid',
      `Only the answers of ${pairs.length} requests could be compared, and a route needs at least ${fewestTrainingRows}: add rows to the dataset.`,
    );
  const rows = pairs.map(({ row, loss }, index) => ({
    loss,
    input: boundaryInput(vectors[index] ?? new Float32Array(), row.text),
  }));
  const trained = await inSlices(trainBoundarySteps(rows, request.maxLoss));
  const { policy, always, curve, threshold, measured } = trained;
  const isWithinLimit = threshold !== undefined && policy.share > 0 && policy.high <= request.maxLoss;
  const proposal: RoutePolicy | undefined =
    threshold === undefined || policy.share === 0
      ? undefined
      : {
          name: 'learned',
          candidates: [
            { model: models.cheap, when: [{ fact: 'difficulty', is: 'at-most', value: threshold }] },
            { model: models.strong, when: [] },
          ],
          prefer: 'order',
          explore: 0,
          boundary: {
            embedding: request.embedding,
            weights: [...trained.weights],
            bias: trained.bias,
            training: id,
            trainedAt: now,
            rows: pairs.length,
            measured: policy,
          },
        };
  return withoutUndefined({
    rows: pairs.length,
    skipped,
    policy,
    always,
    curve: [...curve],
    isWithinLimit,
    chance: policy.share * always.loss,
    cost: costOf(pairs, measured),
    proposal,
  });
}

/** Costs over the measured rows. */
function costOf(pairs: readonly ComparedPair[], measured: ReadonlyMap<number, boolean>): RouteTrainingResult['cost'] {
  let strong = 0;
  let policy = 0;
  for (const [index, isCheap] of measured) {
    const row = pairs[index]?.row;
    if (row === undefined) continue;
    strong += meanCost(row.strong.figures);
    policy += meanCost((isCheap ? row.cheap : row.strong).figures);
  }
  const count = Math.max(1, measured.size);
  return { strong: strong / count, policy: policy / count };
}

function meanCost(figures: PairedRow['cheap']['figures']): number {
  const costs = figures.flatMap((found) => found['run.cost'] ?? []);
  return costs.length === 0 ? 0 : costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}
