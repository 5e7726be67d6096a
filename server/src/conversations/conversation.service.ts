import type { IdentityStores } from '@heddle/adapters/identity';
import { prepareAndCommit } from '@heddle/adapters/stores';
import {
  HeddleError,
  type Audit,
  type Clock,
  type ConversationFilters,
  type ConversationOwner,
  type ConversationQuery,
  type ConversationReply,
  type Conversations,
  type ConversationScope,
  type ConversationsQuery,
  type ConversationsReply,
  type EraseConversationsQuery,
  type FeedbackStore,
  type ErasedConversations,
  type ErasedConversationsReply,
  type Principal,
  type StoredConversation,
} from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { goneForGood, type Deletions } from '../deletions/deletions.js';
import { namesOfFilters, scopeOf } from './filters-of-events.js';
import { namesOfSubjects } from './names-of-subjects.js';
import { erasedEvent, type ErasedSubject } from './erased-event.js';
import { searchConversations } from './search-conversations.js';
import { ConversationReach, type ConversationRight } from './reach.js';

/** How many conversations are read or erased in one tick. */
const page = 100;

interface ConversationParts {
  readonly conversations: Conversations;
  /** Also finds conversations that are deleted but can be restored. */
  readonly stored: Pick<Conversations, 'find'>;
  readonly audit: Audit;
  readonly stores: IdentityStores;
  readonly clock: Pick<Clock, 'now'>;
  readonly deletions: Deletions;
  readonly feedback: Pick<FeedbackStore, 'count' | 'write'>;
  /** Stores the messages of a conversation's newest run, if they are not stored yet. */
  readonly record: (id: string) => Promise<void>;
  /** Cancels a run, and waits for its end. */
  readonly endRun: (runId: string) => Promise<void>;
}

/**
 * Lists, exports and erases stored conversations for the people who may see them. Exports and erasures are audit events, without the
 * content.
 */
export class ConversationService {
  private readonly reach: ConversationReach;

  constructor(private readonly parts: ConversationParts) {
    const { clock, stores } = parts;
    this.reach = new ConversationReach(clock, async () => (await stores.projects.list()).map(({ id }) => id));
  }

  async list(caller: Principal, project: string | undefined, query: ConversationsQuery): Promise<ConversationsReply> {
    const asked = { ...(await this.queryOf(caller, 'run:values', project, query)), after: query.after };
    const conversations = await this.first(query.limit, asked, query.search);
    const last = conversations.length < query.limit ? undefined : conversations.at(-1);
    return {
      conversations: [...conversations],
      names: await namesOfSubjects(
        this.parts.stores,
        conversations.flatMap(({ owner }) => owner ?? []),
      ),
      next: last === undefined ? undefined : `${last.updatedAt}_${last.id}`,
    };
  }

  /** Errors: `not_found`. */
  async read(
    caller: Principal,
    id: string,
    options: { readonly limit: number; readonly before?: number | undefined },
  ): Promise<ConversationReply> {
    await this.requireConversation(caller, 'run:values', id);
    await this.parts.record(id);
    const { limit, before = Infinity } = options;
    const found = await this.parts.conversations.read(id, {
      limit,
      ...(before === Infinity ? {} : { before }),
    });
    if (found === undefined) throw absent();
    const first = Math.min(before, found.turns + 1) - found.said.length;
    return { ...found, ...(first > 1 ? { next: first } : {}) };
  }

  /** Exports one conversation per line, as JSON. The audit event is written before the export begins. */
  async export(
    caller: Principal,
    project: string | undefined,
    filters: ConversationFilters,
  ): Promise<AsyncIterable<string>> {
    const query = await this.queryOf(caller, 'run:values', project, filters);
    const details = {
      step: 'conversations',
      by: namesOfFilters(filters),
      // The number of results of a text search is known only at its end.
      conversations: filters.search === undefined ? await this.parts.conversations.count(query) : undefined,
    } as const;
    const event = { kind: 'export', who: caller.id, subject: 'conversations', details } as const;
    await this.parts.audit.write({ ...event, ...scopeOf(query.within) });
    return this.lines(query, filters.search);
  }

  /** Errors: `not_found`, `forbidden` for a caller who may read but not erase it. */
  async eraseOne(caller: Principal, id: string): Promise<ErasedConversationsReply> {
    return this.eraseFound(caller.id, await this.requireConversation(caller, 'workflow:write', id));
  }

  begin(who: string, owner: ConversationOwner, title: string | undefined): Promise<StoredConversation> {
    const { audit, conversations } = this.parts;
    const about = { kind: 'project', who, project: owner.project, details: { step: 'conversation begun' } } as const;
    return conversations.begin(owner, { title }, (writes, { id }) =>
      audit.commit({ ...about, subject: `conversation:${id}` as const }, writes),
    );
  }

  /** Stores the messages of a conversation's newest run, if they are not stored yet. */
  record(id: string): Promise<void> {
    return this.parts.record(id);
  }

  /** Erases a conversation, after its unfinished run was cancelled. The caller's right is checked before. */
  async eraseFound(who: string, { id, owner }: StoredConversation): Promise<ErasedConversationsReply> {
    const about = { subject: `conversation:${id}`, project: owner?.project } as const;
    const { conversations, turns } = await this.eraseNow(who, [id], about);
    await this.parts.conversations.forgetErased();
    return { conversations, turns };
  }

  /** Errors: `not_found`, `forbidden`. */
  async rename(caller: Principal, id: string, title: string): Promise<void> {
    const { owner } = await this.requireConversation(caller, 'workflow:write', id);
    await this.renameFound(caller.id, { id, owner }, title);
  }

  /** Renames a conversation. The caller's right is checked before. */
  renameFound(who: string, { id, owner }: Pick<StoredConversation, 'id' | 'owner'>, title: string): Promise<void> {
    const event = { kind: 'project', who, project: owner?.project, subject: `conversation:${id}` } as const;
    return this.parts.conversations.rename(id, title, (writes) =>
      this.parts.audit.commit({ ...event, details: { step: 'conversation renamed' } }, writes),
    );
  }

  /** Erases the matching conversations, as they are now, in steps with an audit event each. */
  async erase(
    caller: Principal,
    project: string | undefined,
    query: EraseConversationsQuery,
  ): Promise<ErasedConversationsReply> {
    const { before, ...filters } = query;
    // A deleted conversation that could still be restored is erased now.
    for (const deletion of this.parts.deletions.list('conversation')) await this.parts.deletions.finish(deletion);
    const writtenBefore = before ?? this.parts.clock.now() + 1;
    const asked = { ...(await this.queryOf(caller, 'workflow:write', project, filters)), writtenBefore };
    const about = { subject: 'conversations', by: namesOfFilters(query), ...scopeOf(asked.within) } as const;
    await this.eraseFeedback(caller.id, asked, namesOfFilters(query));
    return this.eraseMatching(caller.id, asked, about, filters.search);
  }

  /** Erases the conversations and the feedback of a subject in all projects. */
  async eraseSubject(who: string, subject: string): Promise<ErasedConversationsReply & { readonly feedback: number }> {
    for (const deletion of this.parts.deletions.list('conversation')) await this.parts.deletions.finish(deletion);
    const within = (await this.parts.stores.projects.list()).map(({ id }) => ({ project: id }));
    const asked = { within, subject, limit: page };
    const feedback = await this.eraseFeedback(who, asked, ['subject']);
    const erased = await this.eraseMatching(who, asked, { subject: 'conversations', by: ['subject'] }, undefined);
    return { ...erased, feedback };
  }

  private async eraseMatching(
    who: string,
    asked: ConversationQuery,
    about: ErasedSubject,
    search: string | undefined,
  ): Promise<ErasedConversationsReply> {
    const sum = { conversations: 0, turns: 0 };
    for (;;) {
      const ids = (await this.first(page, asked, search)).map(({ id }) => id);
      if (ids.length > 0 || sum.conversations === 0) {
        const { conversations, turns } = await this.eraseNow(who, ids, about);
        sum.conversations += conversations;
        sum.turns += turns;
      }
      if (ids.length < page) break;
      await yieldToEventLoop();
    }
    await this.parts.conversations.forgetErased();
    return sum;
  }

  /** Deletes a conversation; `restore` can undo it for a few seconds, then it is erased. Errors: as `eraseOne`. */
  async deleteForNow(caller: Principal, id: string): Promise<ErasedConversationsReply> {
    const { owner, turns } = await this.requireConversation(caller, 'workflow:write', id);
    await this.parts.deletions.begin({ kind: 'conversation', within: '', id, who: caller.id, project: owner?.project });
    return { conversations: 1, turns };
  }

  /** Undoes `deleteForNow`. Errors: `not_found`, `forbidden`. */
  async restore(caller: Principal, id: string): Promise<void> {
    const stored = await this.parts.stored.find(id);
    this.requireReachable(caller, 'workflow:write', stored);
    const by = { who: caller.id, project: stored?.owner?.project };
    if (!(await this.parts.deletions.restore('conversation', id, by))) throw goneForGood('The conversation');
  }

  /** Erases the feedback of a person together with their conversations: what they gave, and what others gave on their runs. */
  private async eraseFeedback(
    who: string,
    { within, subject, workflow, writtenBefore: before }: ConversationQuery,
    by: readonly string[],
  ): Promise<number> {
    if (subject === undefined) return 0;
    const projects = within.flatMap((scope) =>
      'project' in scope && (scope.subject ?? subject) === subject ? [scope.project] : [],
    );
    const about = { kind: 'erase', who, ...scopeOf(within), subject: 'feedback' } as const;
    const { feedback, audit } = this.parts;
    const query = { projects, workflow, subject, before };
    return prepareAndCommit(
      () => feedback.count(query),
      (count) =>
        audit.commit(
          { ...about, details: { step: 'feedback of a person', feedback: count, by } },
          feedback.write.erase(query, count),
        ),
    );
  }

  private async eraseNow(who: string, ids: readonly string[], about: ErasedSubject): Promise<ErasedConversations> {
    const { conversations, audit, endRun } = this.parts;
    // A run that is still working would fail when its conversation disappears, and the person would not know why.
    for (const id of ids) {
      const run = await conversations.unrecorded(id);
      if (run !== undefined) await endRun(run);
    }
    return conversations.erase(ids, (writes, erased) => audit.commit(erasedEvent(who, about, erased), writes));
  }

  /**
   * Errors: `not_found`, with the same message whether it does not exist or belongs to others; `forbidden` if the caller may only read it.
   */
  private async requireConversation(
    caller: Principal,
    right: ConversationRight,
    id: string,
  ): Promise<StoredConversation> {
    return this.requireReachable(caller, right, await this.parts.conversations.find(id));
  }

  private requireReachable(
    caller: Principal,
    right: ConversationRight,
    found: StoredConversation | undefined,
  ): StoredConversation {
    return this.reach.require(caller, right, found, absent);
  }

  /** Errors: `forbidden`, `project_not_found`. */
  private async queryOf(
    caller: Principal,
    right: ConversationRight,
    named: string | undefined,
    { project = named, workflow, subject, unassigned }: ConversationFilters,
  ): Promise<ConversationQuery> {
    return { within: await this.scopes(caller, right, project, unassigned), workflow, subject, limit: page };
  }

  private async first(most: number, query: ConversationQuery, text: string | undefined): Promise<StoredConversation[]> {
    const found: StoredConversation[] = [];
    for await (const conversation of searchConversations(this.parts.conversations, query, text)) {
      found.push(conversation);
      if (found.length === most) break;
    }
    return found;
  }

  private async scopes(
    caller: Principal,
    right: ConversationRight,
    project: string | undefined,
    isUnassigned = false,
  ): Promise<readonly ConversationScope[]> {
    if (!isUnassigned) return this.reach.within(caller, right, project);
    if (this.reach.mayAssign(caller)) return [{ isUnassigned }];
    throw new HeddleError(
      'forbidden',
      `'${caller.name}' must not see conversations without an owner: it needs the right 'project:manage'.`,
      { details: { permission: 'project:manage' } },
    );
  }

  private async *lines(query: ConversationQuery, text: string | undefined): AsyncGenerator<string> {
    for await (const { id } of searchConversations(this.parts.conversations, query, text)) {
      const whole = await this.parts.conversations.read(id);
      if (whole !== undefined) yield `${JSON.stringify(whole)}\n`;
    }
  }
}

/** The same message as that of the access guard for a conversation of another project. */
const absent = (): HeddleError =>
  new HeddleError('not_found', 'There is no such conversation here, or you may not see it.');
