import {
  HeddleError,
  newThread,
  type Audit,
  type AuditEvent,
  type LiveChange,
  type LivePointer,
  type PlanBundle,
  type PlanInterface,
  type StoredWorkflow,
  type VersionStore,
  type WorkflowVersion,
} from '@heddle/core';
import { undefinedIf } from '../common/undefined-if.js';
import type { CompiledWorkflow, CompileService } from '../compile/compile-service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { chooseVersion, type AskingCaller, type ChosenTest } from './ab/choose-version.js';

/** A version that can be called. */
export interface PublishedWorkflow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly version: WorkflowVersion;
  readonly compiled: CompiledWorkflow;
  readonly planInterface: PlanInterface;
  /** The A/B test that chose the version for a caller; undefined if the caller named the version. */
  readonly test?: ChosenTest | undefined;
}

/** The maximum number of compiled versions in memory. */
const mostKept = 200;

/** Finds the version for a request; caches compiled versions and live pointers. */
export class PublishedWorkflows {
  private readonly compiled = new Map<string, Promise<Omit<PublishedWorkflow, 'slug'>>>();
  private readonly pointers = new Map<string, Promise<LivePointer | undefined>>();

  constructor(
    private readonly versions: VersionStore,
    private readonly workflows: WorkflowService,
    private readonly compile: CompileService,
    private readonly audit: Pick<Audit, 'commit'>,
    /** Whether runs of a workflow continue a thread even if the request names none. */
    private readonly usesThread: (bundle: PlanBundle) => boolean,
    /** Whether the cache is out of date, because another process may have moved the live pointers. */
    private readonly isOver: () => boolean = () => false,
  ) {}

  /**
   * Finds the pinned version, or the version for this caller. If a test counts conversations and the workflow uses threads, a new
   * conversation begins. Errors: `workflow_not_found`, `not_published`, `version_not_found`.
   */
  async versionFor(
    workflow: StoredWorkflow,
    pinned: number | undefined,
    caller: AskingCaller,
  ): Promise<PublishedWorkflow> {
    const live = await this.live(workflow.id);
    if (live === undefined)
      throw new HeddleError('not_published', `The workflow '${workflow.slug}' is not published.`, {
        details: { workflow: workflow.slug },
      });
    const { slug } = workflow;
    if (pinned !== undefined) return { ...(await this.read(workflow.id, pinned)), slug };
    const { version, test } = chooseVersion(live, caller);
    const chosen = await this.read(workflow.id, version);
    const beginsThread = caller.thread === undefined && live.test?.sticky === 'conversation';
    if (!beginsThread || !this.usesThread(chosen.compiled.bundle)) return { ...chosen, slug, test };
    const begun = chooseVersion(live, { ...caller, thread: newThread });
    return { ...(await this.read(workflow.id, begun.version)), slug, test: begun.test };
  }

  /**
   * Finds one version, live or not, for a run that began earlier. If the workflow was deleted, its id serves as its name. Errors:
   * `version_not_found`.
   */
  async version(workflowId: string, version: number): Promise<PublishedWorkflow> {
    const found = await this.read(workflowId, version);
    return { ...found, slug: (await this.stored(workflowId))?.slug ?? workflowId };
  }

  /** Lists all live workflows, each in its main version. */
  async list(): Promise<readonly PublishedWorkflow[]> {
    const found: PublishedWorkflow[] = [];
    for (const [id, { version }] of await this.versions.allLive()) {
      const workflow = await this.stored(id);
      if (workflow !== undefined) found.push({ ...(await this.read(id, version)), slug: workflow.slug });
    }
    return found;
  }

  live(workflowId: string): Promise<LivePointer | undefined> {
    if (this.isOver()) this.pointers.clear();
    const known = this.pointers.get(workflowId);
    if (known !== undefined) return known;
    const reading = this.versions.live(workflowId);
    this.pointers.set(workflowId, reading);
    reading.catch(() => this.pointers.delete(workflowId));
    return reading;
  }

  /** Moves the live pointer and writes the audit event in the same transaction. Errors: as `VersionStore.liveWrites`. */
  async setLive(workflowId: string, change: LiveChange, event?: AuditEvent): Promise<void> {
    try {
      await this.audit.commit(event ?? [], await this.versions.liveWrites(workflowId, change));
    } finally {
      this.pointers.delete(workflowId);
    }
  }

  private read(workflowId: string, version: number): Promise<Omit<PublishedWorkflow, 'slug'>> {
    const key = `${workflowId} ${version}`;
    const known = this.compiled.get(key);
    if (known !== undefined) return known;
    const reading = this.open(workflowId, version);
    this.compiled.set(key, reading);
    const oldest = this.compiled.keys().next();
    if (this.compiled.size > mostKept && oldest.done !== true) this.compiled.delete(oldest.value);
    reading.catch(() => this.compiled.delete(key));
    return reading;
  }

  private async open(workflowId: string, number: number): Promise<Omit<PublishedWorkflow, 'slug'>> {
    const { bundle, ...version } = await this.versions.get(workflowId, number);
    const plan = await this.compile.planOf(bundle);
    const { name, description } = bundle.document;
    return { id: workflowId, name, description, version, compiled: { plan, bundle }, planInterface: plan.interface };
  }

  private stored(id: string): Promise<StoredWorkflow | undefined> {
    return undefinedIf(['workflow_not_found'], () => this.workflows.get(id));
  }
}
