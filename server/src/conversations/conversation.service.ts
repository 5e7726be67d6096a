import type { IdentityStores } from '@heddle/adapters/identity';
import {
  HeddleError,
  type Audit,
  type Clock,
  type ConversationFilters,
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
import { erasedEvent, type ErasedSubject } from './erased-event.js';
import { searchConversations } from './search-conversations.js';
import { ConversationReach, type ConversationRight } from './reach.js';

/** Conversations that are read or erased in one tick of the event loop. */
const page = 100;

/**
 * Stored conversations, for the people who may see them: listed, exported, erased. Exports and erasures are recorded, without the
 * content.
 */
export class ConversationService {
  private readonly reach: ConversationReach;

  constructor(
    private readonly conversations: Conversations,
    /** With those that can be restored. */
    private readonly stored: Pick<Conversations, 'find'>,
    private readonly audit: Audit,
    private readonly stores: IdentityStores,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly deletions: Deletions,
    private readonly feedback: Pick<FeedbackStore, 'erase'>,
  ) {
    this.reach = new ConversationReach(clock, () => stores.projects.list().map(({ id }) => id));
  }

  async list(caller: Principal, project: string | undefined, query: ConversationsQuery): Promise<ConversationsReply> {
    const asked = { ...this.queryOf(caller, 'run:values', project, query), after: query.after };
    const conversations = await this.first(query.limit, asked, query.search);
    const last = conversations.length < query.limit ? undefined : conversations.at(-1);
    return {
      conversations: [...conversations],
      names: this.namesOf(conversations),
      next: last === undefined ? undefined : `${last.updatedAt}_${last.id}`,
    };
  }

  /** Errors: `not_found`. */
  read(
    caller: Principal,
    id: string,
    options: { readonly limit: number; readonly before?: number | undefined },
  ): ConversationReply {
    this.find(caller, 'run:values', id);
    const { limit, before = Infinity } = options;
    const found = this.conversations.read(id, {
      limit,
      ...(before === Infinity ? {} : { before }),
    });
    if (found === undefined) throw absent();
    const first = Math.min(before, found.turns + 1) - found.said.length;
    return { ...found, ...(first > 1 ? { next: first } : {}) };
  }

  /** One conversation per line, as JSON. The audit event is written before the export begins. */
  async export(
    caller: Principal,
    project: string | undefined,
    filters: ConversationFilters,
  ): Promise<AsyncIterable<string>> {
    const query = this.queryOf(caller, 'run:values', project, filters);
    const details = {
      step: 'conversations',
      by: namesOfFilters(filters),
      // The number of matches of a search is known only at its end.
      conversations: filters.search === undefined ? this.conversations.count(query) : undefined,
    } as const;
    const event = { kind: 'export', who: caller.id, subject: 'conversations', details } as const;
    await this.audit.write({ ...event, ...scopeOf(query.within) });
    return this.lines(query, filters.search);
  }

  /** Errors: `not_found`, `forbidden` for a caller who may read but not erase it. */
  async eraseOne(caller: Principal, id: string): Promise<ErasedConversationsReply> {
    const { owner } = this.find(caller, 'workflow:write', id);
    const erased = await this.eraseNow(caller, [id], {
      subject: `conversation:${id}`,
      project: owner?.project,
    });
    this.conversations.forgetErased();
    return erased;
  }

  /** Erases what was written until now in steps, each with its audit event. */
  async erase(
    caller: Principal,
    project: string | undefined,
    query: EraseConversationsQuery,
  ): Promise<ErasedConversationsReply> {
    const { before, ...filters } = query;
    // What is erased cannot be restored.
    for (const deletion of this.deletions.list('conversation')) await this.deletions.finish(deletion);
    const writtenBefore = before ?? this.clock.now() + 1;
    const asked = { ...this.queryOf(caller, 'workflow:write', project, filters), writtenBefore };
    const about = { subject: 'conversations', by: namesOfFilters(query), ...scopeOf(asked.within) } as const;
    await this.eraseFeedback(caller, asked, namesOfFilters(query));
    const sum = { conversations: 0, turns: 0 };
    for (;;) {
      const ids = (await this.first(page, asked, filters.search)).map(({ id }) => id);
      if (ids.length > 0 || sum.conversations === 0) {
        const { conversations, turns } = await this.eraseNow(caller, ids, about);
        sum.conversations += conversations;
        sum.turns += turns;
      }
      if (ids.length < page) break;
      await yieldToEventLoop();
    }
    this.conversations.forgetErased();
    return sum;
  }

  /** Deletes one that can be restored for a few seconds; then it is erased. Errors: as `eraseOne`. */
  async deleteForNow(caller: Principal, id: string): Promise<ErasedConversationsReply> {
    const { owner, turns } = this.find(caller, 'workflow:write', id);
    await this.deletions.begin({ kind: 'conversation', within: '', id, who: caller.id, project: owner?.project });
    return { conversations: 1, turns };
  }

  /** Errors: `not_found`, `forbidden`. */
  async restore(caller: Principal, id: string): Promise<void> {
    this.checkReach(caller, 'workflow:write', this.stored.find(id));
    const by = { who: caller.id, project: this.stored.find(id)?.owner?.project };
    if (!(await this.deletions.restore('conversation', id, by))) throw goneForGood('The conversation');
  }

  /** What is erased of a person is erased of their feedback too: what they gave, and what was given on their runs. */
  private async eraseFeedback(
    caller: Principal,
    { within, subject, workflow, session, writtenBefore: before }: ConversationQuery,
    by: readonly string[],
  ): Promise<void> {
    // A session names some conversations of the person: their feedback goes with them.
    if (subject === undefined || session !== undefined) return;
    const projects = within.flatMap((scope) =>
      'project' in scope && (scope.subject ?? subject) === subject ? [scope.project] : [],
    );
    const about = { kind: 'erase', who: caller.id, ...scopeOf(within), subject: 'feedback' } as const;
    await this.audit.write(
      (feedback: number) => ({ ...about, details: { step: 'feedback of a person', feedback, by } }),
      () => this.feedback.erase({ projects, workflow, subject, before }),
    );
  }

  private eraseNow(caller: Principal, ids: readonly string[], about: ErasedSubject): Promise<ErasedConversations> {
    return this.audit.write(
      (erased) => erasedEvent(caller.id, about, erased),
      () => this.conversations.erase(ids),
    );
  }

  /**
   * Errors: `not_found`, with the same message for a missing conversation and one of others; `forbidden` where the caller may read it.
   */
  private find(caller: Principal, right: ConversationRight, id: string): StoredConversation {
    return this.checkReach(caller, right, this.conversations.find(id));
  }

  private checkReach(
    caller: Principal,
    right: ConversationRight,
    found: StoredConversation | undefined,
  ): StoredConversation {
    if (found === undefined || !this.reach.reaches(caller, 'run:values', found)) throw absent();
    if (this.reach.reaches(caller, right, found)) return found;
    throw new HeddleError('forbidden', `'${caller.name}' must not do this: it needs the right '${right}'.`, {
      details: { permission: right },
    });
  }

  /** Errors: `forbidden`, `project_not_found`. */
  private queryOf(
    caller: Principal,
    right: ConversationRight,
    named: string | undefined,
    { project = named, workflow, subject, session, unassigned }: ConversationFilters,
  ): ConversationQuery {
    return { within: this.scopes(caller, right, project, unassigned), workflow, subject, session, limit: page };
  }

  private async first(most: number, query: ConversationQuery, text: string | undefined): Promise<StoredConversation[]> {
    const found: StoredConversation[] = [];
    for await (const conversation of searchConversations(this.conversations, query, text)) {
      found.push(conversation);
      if (found.length === most) break;
    }
    return found;
  }

  private scopes(
    caller: Principal,
    right: ConversationRight,
    project: string | undefined,
    isUnassigned = false,
  ): readonly ConversationScope[] {
    if (!isUnassigned) return this.reach.within(caller, right, project);
    if (this.reach.mayAssign(caller)) return [{ isUnassigned }];
    throw new HeddleError(
      'forbidden',
      `'${caller.name}' must not see conversations without an owner: it needs the right 'project:manage'.`,
      { details: { permission: 'project:manage' } },
    );
  }

  private async *lines(query: ConversationQuery, text: string | undefined): AsyncGenerator<string> {
    for await (const { id } of searchConversations(this.conversations, query, text)) {
      const whole = this.conversations.read(id);
      if (whole !== undefined) yield `${JSON.stringify(whole)}\n`;
    }
  }

  private namesOf(conversations: readonly StoredConversation[]): Record<string, string> {
    const { users, keys, projects } = this.stores;
    const owners = conversations.flatMap(({ owner }) => owner ?? []);
    const wanted = new Set(owners.map(({ subject }) => subject));
    const known: (readonly [string, string])[] = [
      ...users.list().map(({ id, name }) => [`user:${id}`, name] as const),
      ...projects.services().map(({ id, name }) => [`service:${id}`, name] as const),
      ...[...new Set(owners.map(({ project }) => project))].flatMap((project) =>
        keys.list(project).map(({ id, name }) => [`key:${id}`, name] as const),
      ),
    ];
    return Object.fromEntries(known.filter(([subject]) => wanted.has(subject)));
  }
}

/** The message of the guard for a conversation of another project. */
const absent = (): HeddleError =>
  new HeddleError('not_found', 'There is no such conversation here, or it is not for you to see.');

/** The names of the given filters: their values may name people. */
const namesOfFilters = (filters: object): readonly string[] =>
  Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name]));

function scopeOf(within: readonly ConversationScope[]): { readonly project?: string } {
  const [first] = within;
  return within.length === 1 && first !== undefined && 'project' in first ? { project: first.project } : {};
}
