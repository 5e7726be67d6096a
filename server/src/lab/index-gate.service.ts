import type { IndexGateStore } from '@heddle/adapters/lab';
import {
  differenceText,
  figureText,
  HeddleError,
  type Audit,
  type AuditActor,
  type Clock,
  type GateOverride,
  type IndexGate,
  type Principal,
  type ReindexComparison,
} from '@heddle/core';
import { checkAccess } from '../auth/rights/check-access.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { LabService } from './lab.service.js';

interface IndexGateDependencies {
  readonly gates: IndexGateStore;
  readonly labs: Pick<LabService, 'projectWithCollection' | 'measureIndexes'>;
  readonly ownership: Ownership;
  readonly audit: Pick<Audit, 'commit'>;
  readonly clock: Clock;
}

/** A result of the gate that lets the index serve. */
interface GatePass {
  /** The reason of a person who overrode the gate's refusal. */
  readonly overridden: string | undefined;
}

/** Gates of collections: a new index that is worse on labelled questions must not serve. */
export class IndexGateService {
  constructor(private readonly sources: IndexGateDependencies) {}

  get(collection: string): Promise<IndexGate | undefined> {
    return this.sources.gates.get(collection);
  }

  /**
   * Sets the gate of a collection. Errors: `not_found` for a dataset that the caller may not read, `collection_not_found` if the dataset's
   * project does not have the collection.
   */
  async set(collection: string, gate: IndexGate, caller: Principal, by: AuditActor): Promise<IndexGate> {
    const { ownership, gates, audit, clock, labs } = this.sources;
    const { dataset, metric, maxLoss } = gate;
    checkAccess(caller, 'run:values', await ownership.resourceOf('dataset', dataset, caller), clock, dataset);
    await labs.projectWithCollection(dataset, collection, caller);
    const details = { step: 'index gate set', dataset, metric, maxLoss } as const;
    await audit.commit(
      { kind: 'collection', ...by, subject: `collection:${collection}`, details },
      gates.set(collection, gate),
    );
    return gate;
  }

  /** Errors: `not_found` if there is no gate. */
  async remove(collection: string, by: AuditActor): Promise<void> {
    const { gates, audit } = this.sources;
    if ((await gates.get(collection)) === undefined)
      throw new HeddleError('not_found', `Collection '${collection}' has no gate.`, { details: { collection } });
    const details = { step: 'index gate removed' } as const;
    await audit.commit(
      { kind: 'collection', ...by, subject: `collection:${collection}`, details },
      gates.remove(collection),
    );
  }

  /** Measures the new index if the collection has a gate. Errors: `index_gate_failed`; `forbidden` for an override without the right. */
  async pass(collection: string, override: GateOverride | undefined, caller: Principal): Promise<GatePass> {
    const { gates, ownership, clock } = this.sources;
    const gate = await gates.get(collection);
    if (gate === undefined) return { overridden: undefined };
    const refusal = await this.refusalOf(collection, gate);
    if (refusal === undefined) return { overridden: undefined };
    if (override === undefined) throw refusal;
    const resource = await ownership.resourceOf('collection', collection, caller);
    checkAccess(caller, 'gate:manage', resource, clock, collection);
    return { overridden: override.reason };
  }

  private async refusalOf(collection: string, gate: IndexGate): Promise<HeddleError | undefined> {
    let measured: ReindexComparison;
    try {
      measured = await this.sources.labs.measureIndexes(gate.dataset, { ...gate, collection, seed: 1 });
    } catch (error) {
      // An index that cannot be measured does not pass. The dataset may be deleted, or its rows may name other documents.
      if (!(error instanceof HeddleError) || !unmeasured.has(error.code)) throw error;
      return new HeddleError(
        'index_gate_failed',
        `The gate of '${collection}' could not measure the new index: ${error.message} Change the gate, or override it with a reason.`,
        { details: { collection, dataset: gate.dataset }, cause: error },
      );
    }
    return lossOf(collection, gate, measured);
  }
}

/** Error codes that mean that the dataset cannot measure the index. */
const unmeasured = new Set(['lab_invalid', 'not_found']);

function lossOf(
  collection: string,
  { metric, maxLoss, dataset, k }: IndexGate,
  { serving, other, differences, labelled, confusable }: ReindexComparison,
): HeddleError | undefined {
  const found = differences?.find((one) => one.metric === metric);
  // The tolerance is for rounding, which depends on the order of the sum.
  if (found !== undefined && found.difference >= -maxLoss - 1e-9) return undefined;
  const name = { ndcg: `nDCG@${k}`, recall: `recall@${k}`, reciprocalRank: 'reciprocal rank' }[metric];
  const now = serving[metric];
  const then = other[metric];
  const confused =
    confusable === undefined
      ? ''
      : ` Documents that are judged not relevant stand above the first relevant one for ${figureText(other.confusions, 'check')} of ${confusable} questions, and for ${figureText(serving.confusions, 'check')} in the serving index.`;
  return new HeddleError(
    'index_gate_failed',
    `The new index of '${collection}' has a ${name} of ${figureText(then, 'score')}, and the serving one of ${figureText(now, 'score')}: ${differenceText(found?.difference, 'score')} on ${labelled} labelled questions, where the gate allows a loss of ${figureText(maxLoss, 'score').replace(' %', ' points')}.${confused} Keep the serving index, or override the gate with a reason (needs the right to manage gates).`,
    { details: { collection, dataset, metric, serving: now, other: then, maxLoss, questions: labelled } },
  );
}
