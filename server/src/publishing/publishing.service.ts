import {
  addNext,
  type FirstVersion,
  type FirstVersions,
  type KillSwitchStore,
  type NamedVersion,
} from '@heddle/adapters/stores';
import { inSlices } from '@heddle/adapters/event-loop';
import {
  canonicalJsonSteps,
  diffDocumentsSteps,
  diffText,
  HeddleError,
  PublishRequest,
  versionsOfPointer,
  type Audit,
  type AuditActor,
  type AuditEvent,
  type CanaryRequest,
  type Clock,
  type CommitWrites,
  type DocumentDiff,
  type Issue,
  type NodeCatalog,
  type PlanBundle,
  type Principal,
  type PublishCheck,
  type StoredWorkflow,
  type TestReport,
  type VersionsReply,
  type VersionStore,
  type WorkflowVersion,
} from '@heddle/core';
import type { z } from 'zod';
import { contentHash } from '../calls/content-hash.js';
import type { CompileService } from '../compile/compile-service.js';
import { moveToolKillSwitches } from '../kill-switches/move-tool-kill-switches.js';
import { followName } from '../workflows/follow-name.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import type { AbService } from './ab/ab.service.js';
import { acceptanceOf } from './data-map/accepted-map.js';
import { missingReference, pinReferences, secretsOf, type DescribeFor } from './pin-references.js';
import type { PublishedWorkflows } from './published-workflows.js';
import { closedGate, overrideFacts, type Passing, type PublishGate } from './publish-gate.js';
import { parseTestsSteps, runTests, type RunTest } from './workflow-tests.js';

interface PublishingServiceDependencies {
  readonly versions: VersionStore;
  readonly firstVersions: FirstVersions;
  readonly published: PublishedWorkflows;
  readonly workflows: WorkflowService;
  readonly compile: CompileService;
  readonly catalog: NodeCatalog;
  readonly clock: Pick<Clock, 'now'>;
  readonly describe: DescribeFor;
  readonly runTest: RunTest;
  readonly ab: Pick<AbService, 'canaryChange' | 'newest'>;
  /** The projects of a workflow. A draft may refer only to drafts of its own project. */
  readonly projectsOf: (workflowId: string) => readonly string[];
  readonly killSwitches: Pick<KillSwitchStore, 'get' | 'write'>;
  readonly audit: Pick<Audit, 'commit' | 'during'>;
}

/** Checks, publishes and compares versions of workflows, makes them live and rolls them back. */
export class PublishingService {
  private gate = closedGate;

  constructor(private readonly dependencies: PublishingServiceDependencies) {}

  /** Sets the gate after construction, because the services of the gate need this service. */
  guardBy(gate: PublishGate): void {
    this.gate = gate;
  }

  /** Finds everything that prevents the next version. Errors: `workflow_not_found`. */
  async check(idOrSlug: string, { tests: isTested = true }: { readonly tests?: boolean } = {}): Promise<PublishCheck> {
    const workflow = await this.dependencies.workflows.get(idOrSlug);
    const { issues, dataMap } = await this.dependencies.compile.report(workflow.document);
    const isCompiled = issues.every((issue) => issue.severity !== 'error');
    const live = await this.liveVersion(workflow.id);
    const acceptance = await acceptanceOf(dataMap, workflow.id, this.dependencies.versions);
    const { bundle } = isCompiled ? await this.dependencies.compile.plan(workflow.document) : { bundle: undefined };
    const tests = isCompiled && isTested ? await this.test(workflow) : undefined;
    const pinned = bundle === undefined ? [] : await this.pin(workflow.id, bundle).catch(missingReference);
    const [references, missing] = Array.isArray(pinned) ? [pinned, []] : [[], [pinned]];
    const hash = bundle === undefined ? undefined : await hashInSlices(bundle);
    const latest = (await this.dependencies.versions.list(workflow.id)).at(-1)?.version ?? 0;
    return {
      isReady: isCompiled && missing.length === 0 && (tests === undefined || tests.failed === 0),
      nextVersion: latest + 1,
      testCount: await this.countTests(workflow.id),
      // What blocks a version is also a warning of the draft, so it is reported only once.
      issues: [...issues.filter((issue) => !missing.some((other) => isSameReference(issue, other))), ...missing],
      tests,
      dataMap,
      dataMapHash: acceptance.hash,
      isDataMapAccepted: acceptance.isAccepted,
      dataMapVersion: acceptance.acceptedWith,
      references,
      secrets: bundle === undefined ? [] : secretsOf(bundle, this.dependencies.catalog),
      diff:
        live === undefined
          ? undefined
          : diffText(await inSlices(diffDocumentsSteps(live.bundle.document, bundle?.document ?? workflow.document))),
      isChanged: live === undefined || hash === undefined || live.hash !== hash,
      gate: hash === undefined ? undefined : await this.gate.report({ workflow, hash, tests }),
    };
  }

  /**
   * Publishes the draft as the next version and, by default, makes it live. If `expected` is given, publishes only exactly that content,
   * otherwise throws `proposal_stale`. Errors: `workflow_invalid`, `tests_failed`, `data_map_unaccepted`, `publish_gate_failed`,
   * `resource_unavailable`, and `conflict` or `bad_request` for the slug.
   */
  async publish(
    idOrSlug: string,
    request: PublishRequest,
    caller: Principal,
    project?: string,
    expected?: string,
  ): Promise<WorkflowVersion> {
    const { note, slug, acceptDataMap, replyClearance, goLive, canary, overrideGate } = PublishRequest.parse(request);
    const workflow = await this.dependencies.workflows.get(idOrSlug);
    const { bundle } = await this.dependencies.compile.plan(workflow.document);
    const hash = await hashInSlices(bundle);
    if (expected !== undefined && hash !== expected)
      throw new HeddleError('proposal_stale', 'The draft changed meanwhile: nothing was published. Read it again.');
    const { dataMap } = await this.dependencies.compile.report(workflow.document);
    const { hash: dataMapHash, isAccepted } = await acceptanceOf(dataMap, workflow.id, this.dependencies.versions);
    // A given hash must match even if no acceptance is needed: otherwise the person read another data map.
    if (acceptDataMap === undefined ? !isAccepted : acceptDataMap !== true && acceptDataMap !== dataMapHash)
      throw new HeddleError(
        'data_map_unaccepted',
        'The data map of this workflow is not accepted: read it in the check and send its hash as acceptDataMap.',
        { details: { dataMapHash, dataMap } },
      );
    const references = await this.pin(workflow.id, bundle);
    const tests = await this.test(workflow);
    if (tests !== undefined && tests.failed > 0)
      throw new HeddleError(
        'tests_failed',
        `${failedText(tests.failed, tests.results.length)}: nothing was published.`,
        {
          details: { tests },
        },
      );
    // The gate comes last, because its rules also judge the report of the tests.
    const gate = await this.gate.pass({ workflow, hash, tests }, { caller, override: overrideGate });
    const given = {
      workflowId: workflow.id,
      hash,
      author: caller.id,
      note,
      publishedAt: this.dependencies.clock.now(),
      references,
      dataMap,
      replyClearance,
      gate,
    };
    const { audit, versions } = this.dependencies;
    const chosen = { goLive, canary, dataMap: dataMapHash, ...overrideFacts(gate) };
    const eventOf = (made: WorkflowVersion): AuditEvent => publishedEvent(made, { who: caller.id, project }, chosen);
    const commit: CommitWrites<WorkflowVersion> = (writes, made) => audit.commit(eventOf(made), writes);
    const version =
      slug === undefined || slug === workflow.slug
        ? await addNext(() => versions.next(given, bundle), commit)
        : await this.addNamed({ slug, version: given, bundle, commit });
    if (goLive) await this.goLive(version, canary, caller.id);
    return version;
  }

  /** Makes a version live, or makes it the canary beside the live version if there is one. */
  private async goLive(
    { workflowId, version }: WorkflowVersion,
    canary: z.infer<typeof PublishRequest>['canary'],
    who: string,
  ): Promise<void> {
    const { published, clock, ab } = this.dependencies;
    const pointer = canary === undefined ? undefined : await published.live(workflowId);
    await published.setLive(
      workflowId,
      canary === undefined || pointer === undefined
        ? { live: { version }, at: clock.now(), who }
        : await ab.canaryChange(workflowId, { ...canary, version }, undefined, who),
    );
  }

  /** Adds the first version under a new slug. Drafts of its projects that name the workflow are changed in the same transaction. */
  private async addNamed(
    first: Pick<FirstVersion, 'slug' | 'version' | 'bundle' | 'commit'>,
  ): Promise<WorkflowVersion> {
    const { firstVersions, workflows, catalog, projectsOf, killSwitches } = this.dependencies;
    const { workflowId } = first.version;
    const projects = projectsOf(workflowId);
    const added = firstVersions.add({
      ...first,
      moveKillSwitches: (former) => moveToolKillSwitches(killSwitches, former, first.slug),
      follow: (document, id, former) =>
        projectsOf(id).some((project) => projects.includes(project))
          ? followName(document, catalog, { kind: 'workflow', from: former, to: first.slug })
          : undefined,
    });
    const { slug: _slug, followed, killSwitches: _killSwitches, ...version } = await added;
    await workflows.changedElsewhere([workflowId, ...followed]);
    return version;
  }

  /** Lists the versions, newest first. Errors: `workflow_not_found`. */
  async versions(idOrSlug: string): Promise<VersionsReply> {
    const { id } = await this.dependencies.workflows.get(idOrSlug);
    const live = await this.dependencies.published.live(id);
    const versions = [...(await this.dependencies.versions.list(id))].reverse();
    return { versions, live, test: await this.dependencies.ab.newest(id) };
  }

  /** Errors: `workflow_not_found`, `version_not_found`. */
  async version(idOrSlug: string, version: number): Promise<WorkflowVersion & { readonly bundle: PlanBundle }> {
    return this.dependencies.versions.get((await this.dependencies.workflows.get(idOrSlug)).id, version);
  }

  /**
   * Moves the live pointer (rollback, canary), which ends a test. `undefined` unpublishes the workflow. A version that served callers
   * before needs no gate. Errors: `version_not_found`, `bad_request`, `publish_gate_failed`.
   */
  async setLive(
    idOrSlug: string,
    given: { readonly version: number; readonly canary?: CanaryRequest | undefined } | undefined,
    by: AuditActor,
    passing?: Passing,
  ): Promise<void> {
    const { workflows, clock, ab, published } = this.dependencies;
    const workflow = await workflows.get(idOrSlug);
    const { id } = workflow;
    const change =
      given?.canary === undefined
        ? { live: given === undefined ? undefined : { version: given.version }, at: clock.now(), who: by.who }
        : await ab.canaryChange(id, given.canary, given.version, by.who);
    for (const version of change.live === undefined ? [] : versionsOfPointer(change.live))
      await this.gate.passVersion(workflow, version, passing);
    const reason = passing?.override?.reason;
    const details = { step: 'live version set', live: change.live ?? null, reason } as const;
    await published.setLive(id, change, { kind: 'rollback', ...by, subject: `workflow:${id}`, details });
  }

  /** Compares two versions, or a version and the draft, by meaning and as text. Errors: `version_not_found`. */
  async diff(
    idOrSlug: string,
    from: number | 'draft',
    to: number | 'draft',
  ): Promise<{ readonly diff: DocumentDiff; readonly text: string }> {
    const workflow = await this.dependencies.workflows.get(idOrSlug);
    const documentOf = async (side: number | 'draft') =>
      side === 'draft'
        ? this.dependencies.compile.withTexts(workflow.document)
        : (await this.dependencies.versions.get(workflow.id, side)).bundle.document;
    const diff = await inSlices(diffDocumentsSteps(await documentOf(from), await documentOf(to)));
    return { diff, text: diffText(diff) };
  }

  /** Runs the tests of a draft; undefined if it has none. Errors: `bad_request` for an invalid line. */
  async test(workflow: StoredWorkflow, names?: readonly string[]): Promise<TestReport | undefined> {
    const content = await this.dependencies.versions.tests(workflow.id);
    if (content === undefined || content.trim() === '') return undefined;
    const tests = (await inSlices(parseTestsSteps(content))).filter(({ name }) => names?.includes(name) ?? true);
    return runTests(tests, workflow.document, this.dependencies.runTest, this.dependencies.clock, workflow.id);
  }

  /** Stores a workflow's `tests.jsonl`; an empty one removes it. Errors: `bad_request`. */
  async setTests(idOrSlug: string, content: string, by: AuditActor): Promise<void> {
    const { id } = await this.dependencies.workflows.get(idOrSlug);
    await inSlices(parseTestsSteps(content));
    const details = { step: 'tests set' } as const;
    const { audit, versions } = this.dependencies;
    const writes = versions.testsWrites(id, content.trim() === '' ? undefined : content);
    await audit.commit({ kind: 'workflow', ...by, subject: `workflow:${id}`, details }, writes);
  }

  /** Gives a workflow's `tests.jsonl`. Errors: `workflow_not_found`. */
  async tests(idOrSlug: string): Promise<string> {
    return (await this.dependencies.versions.tests((await this.dependencies.workflows.get(idOrSlug)).id)) ?? '';
  }

  /** Counts the lines that are not blank. Invalid lines count too: running the tests reports them. */
  private async countTests(id: string): Promise<number> {
    const content = (await this.dependencies.versions.tests(id)) ?? '';
    // Each match is a line, from its first character that is not blank.
    return (content.match(/\S.*/g) ?? []).length;
  }

  private async liveVersion(id: string) {
    const live = await this.dependencies.versions.live(id);
    return live === undefined ? undefined : this.dependencies.versions.get(id, live.version);
  }

  private pin(workflowId: string, bundle: PlanBundle) {
    return pinReferences(bundle, this.dependencies.catalog, this.dependencies.describe(workflowId));
  }
}

/** The audit event of a new version, with more facts if the version has a new slug. */
function publishedEvent(
  made: WorkflowVersion & Partial<NamedVersion>,
  by: AuditActor,
  chosen: { readonly goLive: boolean; readonly canary: object | undefined; readonly dataMap: string } & ReturnType<
    typeof overrideFacts
  >,
): AuditEvent {
  const { workflowId, version, hash, note, slug, followed, killSwitches } = made;
  const facts = { version, hash, note: note.slice(0, 500), slug, followed, killSwitches };
  const details = { step: 'published', ...facts, ...chosen } as const;
  return { kind: 'publish', ...by, subject: `workflow:${workflowId}`, details };
}

/** Computes the same hash as `hashOf`, in slices of the event loop. */
const hashInSlices = async (bundle: PlanBundle): Promise<string> =>
  contentHash(await inSlices(canonicalJsonSteps(bundle)));

function isSameReference(issue: Issue, other: Issue): boolean {
  return issue.code === other.code && issue.node === other.node;
}

/** `The only test fails`, `1 of 3 tests fails`, `2 of 3 tests fail`. */
function failedText(failed: number, all: number): string {
  if (all === 1) return 'The only test fails';
  return `${failed} of ${all} tests ${failed === 1 ? 'fails' : 'fail'}`;
}
