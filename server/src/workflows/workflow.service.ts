import { inSlices } from '@heddle/adapters/event-loop';
import {
  HeddleError,
  mergeDocumentsSteps,
  sketchOf,
  type Audit,
  type AuditActor,
  type AuditEvent,
  type AuditEventOf,
  type GuardedWrite,
  type Journal,
  type MergeReply,
  type MergeRequest,
  type StoredWorkflow,
  type WorkflowDocument,
  type WorkflowReply,
  type WorkflowStore,
  type WorkflowSummary,
  type NodeCatalog,
} from '@heddle/core';
import { undefinedIf } from '../common/undefined-if.js';
import type { CompileService } from '../compile/compile-service.js';
import { goneForGood, type Deletions } from '../deletions/deletions.js';
import type { TopicHub } from '../live/topic-hub.js';

/** Additions to the commit that creates a workflow. */
interface AlsoMade {
  readonly writes?: (made: StoredWorkflow) => readonly GuardedWrite[];
  /** An audit event that replaces the usual one. */
  readonly event?: (made: StoredWorkflow) => AuditEvent;
}

/**
 * Manages the workflows of this installation: drafts, which may have issues, saved with optimistic locking. A change with `by` is recorded
 * in the audit log; a change without it is part of other work.
 */
export class WorkflowService {
  constructor(
    private readonly store: WorkflowStore,
    private readonly compile: CompileService,
    private readonly journal: Journal,
    private readonly topics: TopicHub,
    private readonly audit: Pick<Audit, 'commit'>,
    private readonly deletions: Deletions,
    private readonly catalog: NodeCatalog,
  ) {}

  /** Finds a workflow by its id or slug. Errors: `workflow_not_found`. */
  get(idOrSlug: string): Promise<StoredWorkflow> {
    return this.store.get(idOrSlug);
  }

  /** Finds a workflow and fills in the texts of its prompts. Errors: `workflow_not_found`. */
  async filled(idOrSlug: string): Promise<StoredWorkflow> {
    const workflow = await this.get(idOrSlug);
    return { ...workflow, document: await this.compile.withTexts(workflow.document) };
  }

  /** Lists the workflows that a condition accepts; without a condition, all. */
  async list(shows: (id: string) => boolean = () => true): Promise<WorkflowSummary[]> {
    const workflows = (await this.store.list()).filter(({ id }) => shows(id));
    return Promise.all(workflows.map((workflow) => this.summarise(workflow)));
  }

  /**
   * Creates a workflow; `also` adds to its commit. Errors: `document_unreadable`, `document_version`, `forbidden_name`, `conflict` if the
   * slug is taken.
   */
  async create(input: unknown, slug?: string, by?: AuditActor, also: AlsoMade = {}): Promise<StoredWorkflow> {
    const document = await this.compile.read(input);
    // Reusing the slug of a deleted workflow makes its deletion final.
    const held = this.deletions.list('workflow').find((deletion) => deletion.slug === slug);
    if (held !== undefined) await this.deletions.finish(held);
    const created = await this.store.create(document, {
      slug,
      commit: (writes, made) => {
        const event = by === undefined ? [] : workflowEvent(by, made.id, { step: 'made', slug: made.slug });
        return this.audit.commit(also.event?.(made) ?? event, [...writes, ...(also.writes?.(made) ?? [])]);
      },
    });
    this.changed(created);
    return created;
  }

  /** Saves a new revision. Errors: as `create`, and `conflict` if `expected` is not the current revision. */
  async save(idOrSlug: string, input: unknown, expected: number | undefined, by?: AuditActor): Promise<StoredWorkflow> {
    const document = await this.compile.read(input);
    const current = await this.get(idOrSlug);
    const saved = await this.store.save(current.id, document, {
      expected,
      commit: (writes, { id, revision }) =>
        this.audit.commit(by === undefined ? [] : workflowEvent(by, id, { step: 'saved', revision }), writes),
    });
    this.changed(saved);
    return saved;
  }

  /** Creates a workflow under a slug, or saves over the workflow that has the slug. */
  async put(input: unknown, slug: string | undefined): Promise<StoredWorkflow> {
    const known =
      slug === undefined ? undefined : await undefinedIf(['workflow_not_found'], () => this.store.get(slug));
    return known === undefined ? this.create(input, slug) : this.save(known.id, input, undefined);
  }

  /** Merges a draft with the stored one; saves nothing. Errors: `workflow_not_found`, `document_*`. */
  async merge(idOrSlug: string, { base, mine }: MergeRequest): Promise<MergeReply> {
    const { document: theirs, revision } = await this.get(idOrSlug);
    const sides = [await this.compile.read(base), await this.compile.read(mine)] as const;
    const { document, conflicts } = await inSlices(mergeDocumentsSteps(...sides, theirs));
    return { document, conflicts: [...conflicts], revision };
  }

  /** Notifies watchers of workflows that another service changed. */
  async changedElsewhere(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.changed(await this.store.get(id));
  }

  /** Errors: `workflow_not_found`, `conflict`. */
  async delete(idOrSlug: string, expected: number | undefined, by?: AuditActor): Promise<void> {
    const current = await this.get(idOrSlug);
    const details = { step: 'workflow removed' } as const;
    await this.store.delete(current.id, {
      expected,
      commit: (writes) =>
        this.audit.commit(
          by === undefined ? [] : { kind: 'erase', ...by, subject: `workflow:${current.id}`, details },
          writes,
        ),
    });
    this.changed(current, true);
  }

  /** Deletes a workflow, which can be restored for a few seconds. Errors: as `delete`. */
  async deleteForNow(idOrSlug: string, expected: number | undefined, by: AuditActor): Promise<void> {
    const current = await this.get(idOrSlug);
    const { id, slug, revision } = current;
    if (expected !== undefined && expected !== revision)
      throw new HeddleError(
        'conflict',
        `Workflow '${slug}' is at revision ${revision}, not ${expected}: somebody saved it meanwhile. Load it again before you delete it.`,
        { details: { workflow: id, revision, expected } },
      );
    await this.deletions.begin({ kind: 'workflow', within: '', id, slug, ...by });
    this.changed(current, true);
  }

  /** Restores a deleted workflow by its id, because its slug is free for others. Errors: `not_found`. */
  async restore(id: string, by: AuditActor): Promise<StoredWorkflow> {
    if (!(await this.deletions.restore('workflow', id, by))) throw goneForGood('The workflow');
    const restored = await this.get(id);
    this.changed(restored);
    return restored;
  }

  /** Gives the draft as it runs. Errors: `workflow_not_found`. */
  async document(idOrSlug: string): Promise<{ readonly id: string; readonly document: WorkflowDocument }> {
    return this.get(idOrSlug);
  }

  private async summarise(workflow: StoredWorkflow): Promise<WorkflowSummary> {
    const [issues, runs] = await Promise.all([
      this.compile.issues(workflow.document),
      this.journal.list({ workflowId: workflow.id, limit: 1 }),
    ]);
    const { description } = workflow.document;
    const sketch = sketchOf(workflow.document, this.catalog);
    return {
      id: workflow.id,
      slug: workflow.slug,
      name: workflow.document.name,
      description,
      nodes: Object.keys(workflow.document.nodes).length,
      issues: issues.filter((issue) => issue.severity === 'error').length,
      updatedAt: workflow.updatedAt,
      lastRun: runs[0],
      sketch,
    };
  }

  private changed(workflow: StoredWorkflow, isDeleted = false): void {
    this.compile.forget();
    const state = {
      id: workflow.id,
      slug: workflow.slug,
      revision: workflow.revision,
      updatedAt: workflow.updatedAt,
      isDeleted,
    };
    this.topics.changed(`workflow:${workflow.id}`, workflow.id, () => Promise.resolve(state));
  }
}

function workflowEvent(by: AuditActor, id: string, details: AuditEventOf<'workflow'>['details']): AuditEvent {
  return { kind: 'workflow', ...by, subject: `workflow:${id}`, details };
}

/** Gives a stored workflow in the form of the API. */
export function workflowReply(workflow: StoredWorkflow, project?: string): WorkflowReply {
  const { id, slug, revision, updatedAt, document } = workflow;
  return { id, slug, project, revision, updatedAt, document };
}

/** Parses the revision of an `If-Match` or `ETag` header; `*` stands for any. Errors: `bad_request`. */
export function revisionOf(header: string): number | '*' {
  if (header.trim() === '*') return '*';
  const match = /^\s*(?:W\/)?"?(\d{1,15})"?\s*$/.exec(header);
  if (match?.[1] === undefined)
    throw new HeddleError(
      'bad_request',
      `If-Match must be the ETag of the workflow, such as "3"; it is ${header.slice(0, 80)}.`,
    );
  return Number(match[1]);
}
