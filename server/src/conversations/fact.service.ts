import type { IdentityStores } from '@heddle/adapters/identity';
import {
  HeddleError,
  type Audit,
  type ChangeFactRequest,
  type Clock,
  type ConversationQuery,
  type EraseFactsQuery,
  type ErasedFacts,
  type ErasedFactsReply,
  type FactFilters,
  type FactsQuery,
  type FactsReply,
  type FactStore,
  type Principal,
  type StoredFact,
} from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { goneForGood, type Deletions } from '../deletions/deletions.js';
import { factsErased, type ErasedFactSubject } from './erased-event.js';
import { namesOfFilters, scopeOf } from './filters-of-events.js';
import { namesOfSubjects } from './names-of-subjects.js';
import { ConversationReach, type ConversationRight } from './reach.js';
import { searchFacts } from './search-facts.js';

/** How many facts are read or erased in one tick. */
const page = 100;

interface FactParts {
  readonly facts: FactStore;
  /** Also finds facts that are deleted but can be restored. */
  readonly stored: Pick<FactStore, 'find'>;
  readonly audit: Audit;
  readonly stores: IdentityStores;
  readonly clock: Pick<Clock, 'now'>;
  readonly deletions: Deletions;
}

/**
 * Lists, changes, exports and erases long-term facts for the people who may see them. The rights are those of conversations. Changes,
 * exports and erasures are audit events, without the content.
 */
export class FactService {
  private readonly reach: ConversationReach;

  constructor(private readonly parts: FactParts) {
    const { clock, stores } = parts;
    this.reach = new ConversationReach(clock, async () => (await stores.projects.list()).map(({ id }) => id));
  }

  async list(caller: Principal, project: string | undefined, query: FactsQuery): Promise<FactsReply> {
    const asked = { ...(await this.queryOf(caller, 'run:values', project, query)), after: query.after };
    const facts = await this.first(query.limit, asked, query.search);
    const last = facts.length < query.limit ? undefined : facts.at(-1);
    return {
      facts: [...facts],
      names: await namesOfSubjects(
        this.parts.stores,
        facts.map(({ owner }) => owner),
      ),
      next: last === undefined ? undefined : `${last.updatedAt}_${last.id}`,
    };
  }

  /** Exports one fact per line, as JSON. The audit event is written before the export begins. */
  async export(caller: Principal, project: string | undefined, filters: FactFilters): Promise<AsyncIterable<string>> {
    const { facts, audit } = this.parts;
    const query = await this.queryOf(caller, 'run:values', project, filters);
    const count = filters.search === undefined ? await facts.count(query) : undefined;
    const details = { step: 'facts', by: namesOfFilters(filters), facts: count } as const;
    await audit.write({ kind: 'export', who: caller.id, subject: 'facts', ...scopeOf(query.within), details });
    return linesOf(searchFacts(facts, query, filters.search));
  }

  /** Errors: `not_found`, `forbidden`. */
  async change(caller: Principal, id: string, change: ChangeFactRequest): Promise<StoredFact> {
    const { owner } = await this.requireFact(caller, 'workflow:write', id);
    const details = { step: 'fact changed', parts: namesOfFilters(change) } as const;
    const event = { kind: 'project', who: caller.id, project: owner.project, subject: `fact:${id}`, details } as const;
    return this.parts.facts.change(id, change, (writes) => this.parts.audit.commit(event, writes));
  }

  /** Errors: `not_found`, `forbidden` for a caller who may read but not erase it. */
  async eraseOne(caller: Principal, id: string): Promise<ErasedFactsReply> {
    return this.eraseFound(caller.id, await this.requireFact(caller, 'workflow:write', id));
  }

  /** Erases a fact. The caller's right is checked before. */
  async eraseFound(who: string, { id, owner }: StoredFact): Promise<ErasedFactsReply> {
    const { facts } = await this.eraseNow(who, [id], { subject: `fact:${id}`, project: owner.project });
    await this.parts.facts.forgetErased();
    return { facts };
  }

  /** Deletes a fact; `restore` can undo it for a few seconds, then it is erased. Errors: as `eraseOne`. */
  async deleteForNow(caller: Principal, id: string): Promise<ErasedFactsReply> {
    const { owner } = await this.requireFact(caller, 'workflow:write', id);
    await this.parts.deletions.begin({ kind: 'fact', within: '', id, who: caller.id, project: owner.project });
    return { facts: 1 };
  }

  /** Undoes `deleteForNow`. Errors: `not_found`, `forbidden`. */
  async restore(caller: Principal, id: string): Promise<void> {
    const { owner } = this.reach.require(caller, 'workflow:write', await this.parts.stored.find(id), absent);
    const by = { who: caller.id, project: owner.project };
    if (!(await this.parts.deletions.restore('fact', id, by))) throw goneForGood('The fact');
  }

  /** Erases the matching facts, as they are now, in steps with an audit event each. */
  async erase(caller: Principal, project: string | undefined, query: EraseFactsQuery): Promise<ErasedFactsReply> {
    const { before, ...filters } = query;
    const writtenBefore = before ?? this.parts.clock.now() + 1;
    const asked = { ...(await this.queryOf(caller, 'workflow:write', project, filters)), writtenBefore };
    const about = { subject: 'facts', by: namesOfFilters(query), ...scopeOf(asked.within) } as const;
    return this.eraseMatching(caller.id, asked, about, filters.search);
  }

  /** Erases the facts of a subject in all projects. */
  async eraseSubject(who: string, subject: string): Promise<ErasedFactsReply> {
    const within = (await this.parts.stores.projects.list()).map(({ id }) => ({ project: id }));
    return this.eraseMatching(who, { within, subject, limit: page }, { subject: 'facts', by: ['subject'] }, undefined);
  }

  private async eraseMatching(
    who: string,
    asked: ConversationQuery,
    about: ErasedFactSubject,
    search: string | undefined,
  ): Promise<ErasedFactsReply> {
    // A deleted fact that could still be restored is erased now.
    for (const deletion of this.parts.deletions.list('fact')) await this.parts.deletions.finish(deletion);
    let sum = 0;
    for (;;) {
      const ids = (await this.first(page, asked, search)).map(({ id }) => id);
      if (ids.length > 0 || sum === 0) sum += (await this.eraseNow(who, ids, about)).facts;
      if (ids.length < page) break;
      await yieldToEventLoop();
    }
    await this.parts.facts.forgetErased();
    return { facts: sum };
  }

  private eraseNow(who: string, ids: readonly string[], about: ErasedFactSubject): Promise<ErasedFacts> {
    const { facts, audit } = this.parts;
    return facts.erase(ids, (writes, erased) => audit.commit(factsErased(who, about, erased), writes));
  }

  private async requireFact(caller: Principal, right: ConversationRight, id: string): Promise<StoredFact> {
    return this.reach.require(caller, right, await this.parts.facts.find(id), absent);
  }

  private async queryOf(
    caller: Principal,
    right: ConversationRight,
    named: string | undefined,
    { project = named, workflow, subject }: FactFilters,
  ): Promise<ConversationQuery> {
    return { within: await this.reach.within(caller, right, project), workflow, subject, limit: page };
  }

  private async first(most: number, query: ConversationQuery, text: string | undefined): Promise<StoredFact[]> {
    const found: StoredFact[] = [];
    for await (const fact of searchFacts(this.parts.facts, query, text)) {
      found.push(fact);
      if (found.length === most) break;
    }
    return found;
  }
}

async function* linesOf(facts: AsyncIterable<StoredFact>): AsyncGenerator<string> {
  for await (const fact of facts) yield `${JSON.stringify(fact)}\n`;
}

/** The same message as that of the access guard for a fact of another project. */
const absent = (): HeddleError => new HeddleError('not_found', 'There is no such fact here, or you may not see it.');
