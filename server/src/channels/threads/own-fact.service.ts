import {
  HeddleError,
  isAtMost,
  type ErasedFactsReply,
  type FactStore,
  type LabelLevel,
  type OwnFact,
  type OwnFactsQuery,
  type OwnFactsReply,
  type StoredFact,
} from '@heddle/core';
import type { Ownership } from '../../auth/rights/ownership.js';
import type { FactService } from '../../conversations/fact.service.js';
import { searchFacts } from '../../conversations/search-facts.js';
import type { ThreadService, ThreadViewer } from './thread.service.js';

/** How many facts one step of a search reads. */
const page = 100;

interface OwnFactParts {
  readonly facts: Pick<FactService, 'eraseFound'>;
  readonly store: FactStore;
  readonly threads: Pick<ThreadService, 'clearanceFor'>;
  readonly ownership: Pick<Ownership, 'resourceOf'>;
}

/** Facts as their subject sees them: list and erase. An unknown fact and a fact of another subject get the same answer. */
export class OwnFactService {
  constructor(private readonly parts: OwnFactParts) {}

  /** Newest first. */
  async list(viewer: ThreadViewer, { workflow, search, limit, after }: OwnFactsQuery): Promise<OwnFactsReply> {
    const { store, threads, ownership } = this.parts;
    const named =
      workflow === undefined ? undefined : ((await ownership.resourceOf('workflow', workflow)).id ?? workflow);
    const clearanceOf = ({ owner }: StoredFact): Promise<LabelLevel> => threads.clearanceFor(viewer, owner);
    const query = { within: viewer.within, workflow: named, limit: page, after };
    const facts: OwnFact[] = [];
    let last: StoredFact | undefined;
    for await (const found of searchFacts(store, query, search, clearanceOf)) {
      if (!viewer.may(found.owner)) continue;
      facts.push(shown(found, await clearanceOf(found)));
      last = found;
      if (facts.length === limit) break;
    }
    const isWhole = facts.length < limit || last === undefined;
    return { facts, ...(isWhole ? {} : { next: `${last?.updatedAt}_${last?.id}` }) };
  }

  /** Errors: `not_found`. */
  async erase(viewer: ThreadViewer, id: string): Promise<ErasedFactsReply> {
    const found = await this.parts.store.find(id);
    const isOwn = viewer.within.some(
      (scope) => 'project' in scope && scope.project === found?.owner.project && scope.subject === found.owner.subject,
    );
    if (found === undefined || !isOwn || !viewer.may(found.owner))
      throw new HeddleError('not_found', 'There is no such fact of yours: list them with GET /v1/facts.');
    return this.parts.facts.eraseFound(viewer.who, found);
  }
}

function shown(fact: StoredFact, clearance: LabelLevel): OwnFact {
  const { id, owner, key, text, label, run, thread, createdAt, updatedAt, expiresAt } = fact;
  const isWithheld = !isAtMost(label.level, clearance);
  return {
    id,
    workflow: owner.workflow,
    key: isWithheld ? '' : key,
    text: isWithheld ? '' : text,
    label: label.level,
    isWithheld,
    run,
    thread,
    createdAt,
    updatedAt,
    expiresAt,
  };
}
