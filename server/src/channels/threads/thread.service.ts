import {
  authorise,
  defaultProject,
  endUserSubject,
  isAtMost,
  isTerminal,
  joinLabels,
  threadNotFound,
  toHeddleError,
  type BeginThreadRequest,
  type Clock,
  type ConversationOwner,
  type Conversations,
  type ConversationScope,
  type ErasedConversationsReply,
  type Journal,
  type Label,
  type LabelLevel,
  type Message,
  type Principal,
  type StoredConversation,
  type StoredTurn,
  type Thread,
  type ThreadMessage,
  type ThreadMessagesQuery,
  type ThreadMessagesReply,
  type ThreadsQuery,
  type ThreadsReply,
} from '@heddle/core';
import { chatQuestionIn } from '../../common/chat-turns.js';
import { checkSpeaksForUsers } from '../../auth/end-user.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import type { ConversationService } from '../../conversations/conversation.service.js';
import { searchConversations } from '../../conversations/search-conversations.js';
import type { FeedbackService } from '../../feedback/feedback.service.js';
import type { PublishedRuns } from '../../publishing/runs/published-runs.js';

/** How many conversations one step of a search reads. */
const page = 100;

/** Who reads threads: their subject, and the caller that acts for the subject. */
export interface ThreadViewer {
  readonly who: string;
  /** The projects in which their threads are searched. */
  readonly within: readonly ConversationScope[];
  /** Whether the viewer still may use one of their threads. */
  may(owner: ConversationOwner): boolean;
  /** The viewer's id in feedback. */
  readonly person: string;
  /** The highest label level that the viewer may get, if it is below that of the version. */
  readonly clearance?: LabelLevel | undefined;
}

interface ThreadHistory {
  readonly messages: readonly Message[];
  readonly label: Label | undefined;
  /** The newest run of the thread. */
  readonly run: string | undefined;
}

/** The format of the ids that this server makes. */
const threadId = /^[0-9a-f]{24}$/;

/** A run gets at most this many of the newest messages. */
const mostOfHistory = 1_000;

interface ThreadParts {
  readonly store: Conversations;
  readonly conversations: ConversationService;
  readonly feedback: Pick<FeedbackService, 'own'>;
  readonly journal: Pick<Journal, 'summary' | 'acceptance'>;
  readonly ownership: Ownership;
  readonly published: Pick<PublishedRuns, 'workflow' | 'clearanceOf'>;
  readonly clock: Clock;
  readonly projects: () => Promise<readonly string[]>;
}

/**
 * Threads: conversations as their subject sees them. Viewers reach only their own threads. An unknown thread and a thread of another
 * subject, workflow or project get the same answer, after the same read.
 */
export class ThreadService {
  constructor(private readonly parts: ThreadParts) {}

  /** The viewer of a request: the principal, or the end user that an API key acts for. Errors: `forbidden`. */
  async viewerOf(principal: Principal, onBehalfOf: string | undefined): Promise<ThreadViewer> {
    const { clock } = this.parts;
    const projects = principal.kind === 'local' ? await this.parts.projects() : [...principal.roles.keys()];
    const subject = onBehalfOf === undefined ? principal.id : endUserSubject(onBehalfOf);
    if (onBehalfOf !== undefined)
      for (const project of projects) checkSpeaksForUsers(principal, { kind: 'installation', project }, clock);
    return {
      who: principal.id,
      within: projects.map((project) => ({ project, subject })),
      may: ({ project, workflow }) =>
        authorise(principal, 'run:published', { kind: 'workflow', id: workflow, workflow, project }, clock.now()) ===
        'allowed',
      person: onBehalfOf === undefined ? principal.id : `${principal.id} ${subject}`,
    };
  }

  /** Begins a thread on a published workflow. Errors: `workflow_not_found`, `not_published`, `forbidden`. */
  async begin(
    principal: Principal,
    onBehalfOf: string | undefined,
    { workflow, title }: BeginThreadRequest,
  ): Promise<Thread> {
    const { ownership, published, clock, conversations } = this.parts;
    const { id } = await published.workflow(workflow, principal);
    const resource = await ownership.resourceOf('workflow', id);
    if (onBehalfOf !== undefined) checkSpeaksForUsers(principal, resource, clock);
    const subject = onBehalfOf === undefined ? principal.id : endUserSubject(onBehalfOf);
    const owner = { project: resource.project ?? defaultProject, workflow: id, subject };
    return threadOf(await conversations.begin(principal.id, owner, title));
  }

  /**
   * Finds the thread that a caller's program names: by its id, or by a name that the program chose; a new name begins a thread. The run
   * checks that a thread given by id belongs to the caller.
   */
  async named(principal: Principal, onBehalfOf: string | undefined, workflow: string, name: string): Promise<string> {
    if (threadId.test(name)) return name;
    const { project = defaultProject } = await this.parts.ownership.resourceOf('workflow', workflow);
    const subject = onBehalfOf === undefined ? principal.id : endUserSubject(onBehalfOf);
    return (await this.parts.store.begin({ project, workflow, subject }, { name })).id;
  }

  /** Newest first. */
  async list(viewer: ThreadViewer, { workflow, search, limit, after }: ThreadsQuery): Promise<ThreadsReply> {
    const { store } = this.parts;
    const named = workflow === undefined ? undefined : await this.idOf(workflow);
    const query = { within: viewer.within, workflow: named, limit: page, after };
    const clearanceOf = ({ owner }: StoredConversation): LabelLevel | Promise<LabelLevel> =>
      owner === undefined ? 'public' : this.clearanceFor(viewer, owner);
    const threads: Thread[] = [];
    let last: StoredConversation | undefined;
    for await (const found of searchConversations(store, query, search, clearanceOf)) {
      if (found.owner === undefined || !viewer.may(found.owner)) continue;
      threads.push(await this.shown(viewer, found, found.owner));
      last = found;
      if (threads.length === limit) break;
    }
    const isWhole = threads.length < limit || last === undefined;
    return { threads, ...(isWhole ? {} : { next: `${last?.updatedAt}_${last?.id}` }) };
  }

  /** Errors: `thread_not_found`. */
  async get(viewer: ThreadViewer, id: string): Promise<Thread> {
    const { found, owner } = await this.requireThread(viewer, id);
    return this.shown(viewer, found, owner);
  }

  /** The newest messages, and the unfinished run of the thread. Errors: `thread_not_found`. */
  async messages(
    viewer: ThreadViewer,
    id: string,
    { limit, before = Infinity }: ThreadMessagesQuery,
  ): Promise<ThreadMessagesReply> {
    const { owner } = await this.requireThread(viewer, id);
    const { store, conversations } = this.parts;
    await conversations.record(id);
    const clearance = await this.clearanceFor(viewer, owner);
    const { said, run, turns } =
      (await store.read(id, { limit, ...(before === Infinity ? {} : { before }) })) ?? refuseMissing();
    const first = Math.min(before, turns + 1) - said.length;
    const messages: ThreadMessage[] = [];
    for (const turn of said) messages.push(...[(await this.messageOf(turn, viewer, clearance)) ?? []].flat());
    return {
      messages,
      running: run === undefined || before !== Infinity ? undefined : await this.runningOn(run, clearance),
      ...(first > 1 ? { next: first } : {}),
    };
  }

  /**
   * The thread's messages that the viewer may read, oldest first, as input of a run; with their joined label and the newest run. Errors:
   * `thread_not_found`.
   */
  async history(viewer: ThreadViewer, id: string): Promise<ThreadHistory> {
    const { owner } = await this.requireThread(viewer, id);
    const { store, conversations } = this.parts;
    await conversations.record(id);
    const clearance = await this.clearanceFor(viewer, owner);
    const { said, run } = (await store.read(id, { limit: mostOfHistory })) ?? refuseMissing();
    const readable = said.filter(({ label }) => isAtMost(label.level, clearance));
    const [first, ...others] = readable.map(({ label }) => label);
    return {
      messages: readable.map(({ message }) => message),
      label: first === undefined ? undefined : others.reduce((all, label) => joinLabels(all, label), first),
      run,
    };
  }

  /** Errors: `thread_not_found`. */
  async rename(viewer: ThreadViewer, id: string, title: string): Promise<Thread> {
    const { found } = await this.requireThread(viewer, id);
    await this.parts.conversations.renameFound(viewer.who, found, title);
    return this.get(viewer, id);
  }

  /** Ends the unfinished run of a thread, then erases the thread. Errors: `thread_not_found`. */
  async erase(viewer: ThreadViewer, id: string): Promise<ErasedConversationsReply> {
    return this.parts.conversations.eraseFound(viewer.who, (await this.requireThread(viewer, id)).found);
  }

  /** Errors: `thread_not_found` also for a thread of another viewer. */
  private async requireThread(
    viewer: ThreadViewer,
    id: string,
  ): Promise<{ readonly found: StoredConversation; readonly owner: ConversationOwner }> {
    const found = await this.parts.store.find(id);
    const owner = found?.owner;
    const isOwn = viewer.within.some(
      (scope) => 'project' in scope && scope.project === owner?.project && scope.subject === owner.subject,
    );
    if (found === undefined || owner === undefined || !isOwn || !viewer.may(owner)) throw threadNotFound();
    return { found, owner };
  }

  /** A title that was made from a message has the label of that message. */
  private async shown(viewer: ThreadViewer, found: StoredConversation, owner: ConversationOwner): Promise<Thread> {
    const thread = threadOf(found);
    const mayRead = isAtMost(found.level, await this.clearanceFor(viewer, owner));
    return mayRead ? thread : { ...thread, title: undefined };
  }

  /** The highest label level that a viewer may get from a workflow. */
  async clearanceFor(
    { clearance }: ThreadViewer,
    { workflow }: Pick<ConversationOwner, 'workflow'>,
  ): Promise<LabelLevel> {
    const most = await this.parts.published.clearanceOf(workflow);
    return clearance === undefined || isAtMost(most, clearance) ? most : clearance;
  }

  private async messageOf(
    { message, label, time, run, citations }: StoredTurn,
    { person }: ThreadViewer,
    clearance: LabelLevel,
  ): Promise<ThreadMessage | undefined> {
    const { role, content } = message;
    if (role !== 'user' && role !== 'assistant') return undefined;
    const text = textOf(content);
    if (text === '') return undefined;
    const isWithheld = !isAtMost(label.level, clearance);
    const feedback = run === undefined || role === 'user' ? [] : await this.parts.feedback.own(run, person);
    return {
      role,
      text: isWithheld ? '' : text,
      label: label.level,
      isWithheld,
      time,
      run,
      ...(isWithheld || citations === undefined ? {} : { citations }),
      ...(feedback.length === 0 ? {} : { feedback }),
    };
  }

  private async runningOn(run: string, clearance: LabelLevel): Promise<ThreadMessagesReply['running']> {
    const { journal } = this.parts;
    try {
      const { status } = await journal.summary(run);
      if (isTerminal(status)) return undefined;
      const asked = chatQuestionIn((await journal.acceptance(run)).inputs);
      const question =
        asked === undefined || !isAtMost(asked.label.level, clearance) ? undefined : textOf(asked.message.content);
      return { run, status, question };
    } catch (error) {
      if (toHeddleError(error).code === 'run_not_found') return undefined;
      throw error;
    }
  }

  private async idOf(workflow: string): Promise<string> {
    return (await this.parts.ownership.resourceOf('workflow', workflow)).id ?? workflow;
  }
}

const refuseMissing = (): never => {
  throw threadNotFound();
};

function threadOf({ id, owner, title, turns, createdAt, updatedAt }: StoredConversation): Thread {
  return { id, workflow: owner?.workflow ?? '', title, messages: turns, createdAt, updatedAt };
}

/** The text of a message, without its pictures and files. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .flatMap((part: unknown) =>
      typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' ? part.text : [],
    )
    .join('\n');
}
