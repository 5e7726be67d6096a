import { inSlices } from '@heddle/adapters/event-loop';
import {
  authorise,
  canonicalJson,
  canonicalJsonSteps,
  diffDocumentsSteps,
  diffText,
  HeddleError,
  isPerson,
  isTerminal,
  withoutUndefined,
  type AcceptProposalRequest,
  type Audit,
  type AuditEvent,
  type CompileReply,
  type DataFlow,
  type DecidedProposal,
  type PlanBundle,
  type Principal,
  type ProposalBody,
  type ProposalReply,
  type ProposalState,
  type ProposalStore,
  type ProposalSummary,
  type StoredProposal,
  type StoredWorkflow,
  type TestReport,
  type VersionStore,
  type WorkflowDocument,
} from '@heddle/core';
import { randomBytes } from 'node:crypto';
import { checkAccess } from '../../auth/rights/check-access.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import { contentHash } from '../../calls/content-hash.js';
import type { TrustedClock } from '../../common/trusted-clock.js';
import type { CompileService } from '../../compile/compile-service.js';
import type { PublishingService } from '../../publishing/publishing.service.js';
import type { RunService } from '../../runs/run.service.js';
import type { WorkflowService } from '../../workflows/workflow.service.js';
import { actorOf, type Builder } from '../builder.js';
import type { BuildService } from '../build.service.js';

/** The most open proposals of a project, so that a program cannot propose without end. */
const mostOpen = 200;
const mostListed = 200;

/** The parts that proposals use. */
export interface ProposalParts {
  readonly store: ProposalStore;
  readonly build: BuildService;
  readonly workflows: WorkflowService;
  readonly compile: CompileService;
  readonly publishing: PublishingService;
  readonly versions: Pick<VersionStore, 'list' | 'live' | 'get'>;
  readonly runs: Pick<RunService, 'summary'>;
  readonly ownership: Ownership;
  readonly clock: TrustedClock;
  readonly audit: Pick<Audit, 'write' | 'commit'>;
}

/** Manages what programs and models propose. Only a person can accept a proposal, and only the contents that they have read. */
export class ProposalService {
  /** The decision in progress for each proposal: decisions about one proposal are made one after the other. */
  private readonly deciding = new Map<string, Promise<unknown>>();

  constructor(private readonly parts: ProposalParts) {}

  /** Proposes the next version of a workflow. Errors: `workflow_not_found`, `workflow_invalid`, `conflict` if too many are open. */
  async proposePublish(builder: Builder, name: string, note: string): Promise<ProposalSummary> {
    const { build, compile } = this.parts;
    const stored = await build.stored(builder, name);
    const { bundle } = await compile.plan(stored.document);
    const tests = await build.test(builder, { document: stored.document, workflow: stored.id });
    const body = await this.bodyOf(stored, { title: `Publish ${stored.document.name}`, note, tests, bundle });
    return this.add(builder, { kind: 'publish', workflow: stored.id, run: undefined, body });
  }

  /**
   * Proposes other contents for a draft; the draft itself does not change. Errors: `workflow_not_found`, `change_invalid`,
   * `workflow_invalid`.
   */
  async proposeDraft(
    builder: Builder,
    stored: StoredWorkflow | undefined,
    document: WorkflowDocument,
    note: string,
  ): Promise<ProposalSummary> {
    const { build, compile } = this.parts;
    const project = build.projectOf(builder, stored?.id);
    // It must compile, so that a person can only accept what can run.
    await compile.plan(document, project);
    const tests = await build.test(builder, { document, workflow: stored?.id });
    const body = await this.draftBody(builder, stored, document, { title: `Change ${document.name}`, note, tests });
    return this.add(builder, { kind: 'draft', workflow: stored?.id, run: undefined, body });
  }

  /** Creates the working copy of a chat, which is a proposal from the start. */
  async begin(
    builder: Builder,
    stored: StoredWorkflow | undefined,
    run: string,
    title: string,
  ): Promise<StoredProposal> {
    const empty: WorkflowDocument = { heddle: 2, name: 'New workflow', nodes: {}, edges: [] };
    const body = await this.draftBody(builder, stored, stored?.document ?? empty, {
      title,
      note: '',
      tests: undefined,
    });
    const { id } = await this.add(builder, { kind: 'draft', workflow: stored?.id, run, body });
    return this.found(id);
  }

  /** Replaces the working copy of a chat. Errors: `proposal_decided`. */
  async work(
    builder: Builder,
    proposal: StoredProposal,
    change: { readonly document?: WorkflowDocument; readonly run?: string; readonly note?: string },
  ): Promise<StoredProposal> {
    const { body, run } = proposal;
    const next =
      change.document === undefined
        ? body
        : { ...body, ...(await this.contentsOf(builder, proposal.workflow, change.document)) };
    const note = change.note ?? next.note;
    await this.parts.store.update(proposal.id, { body: { ...next, note }, run: change.run ?? run });
    return this.found(proposal.id);
  }

  /** The proposals that the caller may read, newest first. */
  async list(
    principal: Principal,
    project: string,
    query: { readonly workflow?: string | undefined; readonly isOpen?: boolean | undefined },
  ): Promise<ProposalSummary[]> {
    const { store, workflows } = this.parts;
    const workflow = query.workflow === undefined ? undefined : (await workflows.get(query.workflow)).id;
    const found = await store.list({
      project,
      workflow,
      state: query.isOpen === true ? 'open' : undefined,
      limit: mostListed,
    });
    const shown = await Promise.all(
      found.filter((each) => this.mayRead(principal, each)).map((each) => this.summary(each)),
    );
    return query.isOpen === true ? shown.filter(({ state }) => state === 'open') : shown;
  }

  /** A whole proposal, for the person who decides. Errors: `proposal_not_found`. */
  async read(principal: Principal, id: string): Promise<ProposalReply> {
    const proposal = await this.readable(principal, id);
    const { kind, body, workflow } = proposal;
    const before = await this.before(proposal);
    const { document: after, dataMap, dataMapHash, tests, hash } = body;
    const { issues, dataMap: flowsBefore } = await this.reports(proposal, before);
    const known = new Set(
      (kind === 'publish' ? await this.liveFlows(workflow) : flowsBefore).map((flow) => canonicalJson(flow)),
    );
    const diff =
      before === undefined
        ? diffText(await inSlices(diffDocumentsSteps(emptyOf(after), after)))
        : diffText(await inSlices(diffDocumentsSteps(before, after)));
    return {
      ...(await this.summary(proposal)),
      before,
      after,
      diff,
      hash,
      issues,
      tests,
      dataMapHash,
      dataMap: [...dataMap],
      newFlows: dataMap.filter((flow) => !known.has(canonicalJson(flow))),
    };
  }

  /**
   * Accepts a proposal. The person has read its difference and its data map and sends the hash of both. Errors: `forbidden` for a program,
   * `proposal_not_found`, `proposal_decided`, `proposal_stale`, `workflow_invalid`, `tests_failed`, `publish_gate_failed`.
   */
  async accept(principal: Principal, id: string, read: AcceptProposalRequest): Promise<DecidedProposal> {
    await this.checkPerson(principal, id);
    return this.inOrder(id, async () => {
      const proposal = await this.readable(principal, id);
      if (proposal.state !== 'open') throw decided();
      this.checkRight(principal, proposal);
      await this.checkIdle(proposal);
      if (read.hash !== proposal.body.hash || read.dataMapHash !== proposal.body.dataMapHash)
        throw stale('It changed since you read it');
      return proposal.kind === 'publish' ? this.publish(principal, proposal) : this.save(principal, proposal);
    });
  }

  /** Errors: `forbidden` for a program, `proposal_not_found`, `proposal_decided`. */
  async reject(principal: Principal, id: string, reason: string): Promise<DecidedProposal> {
    await this.checkPerson(principal, id);
    return this.inOrder(id, async () => {
      const proposal = await this.readable(principal, id);
      this.checkRight(principal, proposal);
      const { kind, workflow, author } = proposal;
      const details = { step: 'rejected', kind, workflow, author, reason: reason.slice(0, 500) } as const;
      await this.decide(principal, proposal, { state: 'rejected' }, details);
      return { id, state: 'rejected', workflow };
    });
  }

  /** The open proposal that a chat of this person works on. Errors: `proposal_not_found`, `proposal_decided`. */
  async working(id: string, author: string, project: string): Promise<StoredProposal> {
    const found = await this.found(id);
    if (found.author !== author || found.project !== project) throw missing(id);
    if (found.state !== 'open') throw decided();
    return found;
  }

  /** A proposal that the caller may read. Errors: `proposal_not_found`. */
  async readable(principal: Principal, id: string): Promise<StoredProposal> {
    const proposal = await this.parts.store.get(id);
    if (proposal === undefined || !this.mayRead(principal, proposal)) throw missing(id);
    return proposal;
  }

  async summary(proposal: StoredProposal): Promise<ProposalSummary> {
    const { id, kind, workflow, author, authorName, run, madeAt, decidedBy, decidedAt, version, body } = proposal;
    return {
      id,
      kind,
      workflow,
      author,
      authorName,
      run,
      madeAt,
      decidedBy,
      decidedAt,
      version,
      title: body.title,
      note: body.note,
      workflowName: body.document.name,
      isWorking: await this.isWorking(proposal),
      state: await this.stateOf(proposal),
    };
  }

  /** Runs the work after all earlier work on the same proposal. */
  async inOrder<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.deciding.get(id) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.deciding.set(id, mine);
    try {
      return await mine;
    } finally {
      if (this.deciding.get(id) === mine) this.deciding.delete(id);
    }
  }

  private async add(
    builder: Builder,
    made: Pick<StoredProposal, 'kind' | 'workflow' | 'run' | 'body'>,
  ): Promise<ProposalSummary> {
    const { store, clock, audit, build, ownership } = this.parts;
    const project = build.projectOf(builder, made.workflow);
    if ((await store.list({ project, state: 'open', limit: mostOpen })).length >= mostOpen)
      throw new HeddleError(
        'conflict',
        `The project has ${mostOpen} open proposals: a person must decide about some of them first.`,
      );
    const { id: author, name } = builder.principal;
    const id = `p_${randomBytes(12).toString('hex')}`;
    const { hash, dataMapHash: dataMap } = made.body;
    const event = { step: 'made', kind: made.kind, workflow: made.workflow, hash, dataMap } as const;
    const authorName = name === '' ? author : name;
    const { proposal, writes } = store.add({ ...made, id, project, author, authorName, madeAt: clock.now() });
    await audit.commit(this.event(builder, id, event), [...writes, ...ownership.write.assign('proposal', id, project)]);
    return this.summary(proposal);
  }

  private event(
    builder: Pick<Builder, 'principal' | 'project'>,
    id: string,
    details: Extract<AuditEvent, { kind: 'proposal' }>['details'],
  ): AuditEvent {
    return { kind: 'proposal', ...actorOf({ ...builder, clearance: 'public' }), subject: `proposal:${id}`, details };
  }

  private async bodyOf(
    stored: StoredWorkflow,
    { title, note, tests, bundle }: Pick<ProposalBody, 'title' | 'note' | 'tests'> & { readonly bundle: PlanBundle },
  ): Promise<ProposalBody> {
    const { dataMap } = await this.parts.compile.report(stored.document);
    return {
      title,
      note,
      tests,
      document: bundle.document,
      dataMap,
      dataMapHash: hashOfMap(dataMap),
      baseHash: await hashOf(stored.document),
      hash: await hashOf(bundle),
    };
  }

  private async draftBody(
    builder: Builder,
    stored: StoredWorkflow | undefined,
    document: WorkflowDocument,
    about: Pick<ProposalBody, 'title' | 'note' | 'tests'>,
  ): Promise<ProposalBody> {
    return {
      ...about,
      ...(await this.contentsOf(builder, stored?.id, document)),
      baseHash: stored === undefined ? undefined : await hashOf(stored.document),
    };
  }

  private async contentsOf(
    builder: Builder,
    workflow: string | undefined,
    document: WorkflowDocument,
  ): Promise<Pick<ProposalBody, 'document' | 'hash' | 'dataMap' | 'dataMapHash'>> {
    const { dataMap } = await this.parts.build.compiled(builder, { document, workflow });
    return { document, hash: await hashOf(document), dataMap, dataMapHash: hashOfMap(dataMap) };
  }

  /** What the proposal would replace: the live version or the draft. */
  private async before({ kind, workflow }: StoredProposal): Promise<WorkflowDocument | undefined> {
    if (workflow === undefined) return undefined;
    if (kind === 'draft') return (await this.parts.workflows.get(workflow)).document;
    const live = await this.parts.versions.live(workflow);
    return live === undefined ? undefined : (await this.parts.versions.get(workflow, live.version)).bundle.document;
  }

  private async reports(
    { kind, project, workflow, body }: StoredProposal,
    before: WorkflowDocument | undefined,
  ): Promise<Pick<CompileReply, 'issues' | 'dataMap'>> {
    const scope = { project, workflow };
    const { issues } = await this.parts.compile.report(body.document, scope);
    const dataMap =
      kind === 'publish' || before === undefined ? [] : (await this.parts.compile.report(before, scope)).dataMap;
    return { issues, dataMap };
  }

  private async liveFlows(workflow: string | undefined): Promise<readonly DataFlow[]> {
    const live = workflow === undefined ? undefined : await this.parts.versions.live(workflow);
    return live === undefined || workflow === undefined
      ? []
      : (await this.parts.versions.get(workflow, live.version)).dataMap;
  }

  /** The stored state, or `stale` if the draft or its data map has changed since the proposal. */
  private async stateOf(proposal: StoredProposal): Promise<ProposalState> {
    if (proposal.state !== 'open') return proposal.state;
    return (await this.staleness(proposal)) === undefined ? 'open' : 'stale';
  }

  private async staleness({ kind, workflow, project, body }: StoredProposal): Promise<string | undefined> {
    const { compile, workflows } = this.parts;
    try {
      if (workflow !== undefined && (await hashOf((await workflows.get(workflow)).document)) !== body.baseHash)
        return 'The draft changed since the proposal';
      const stored = workflow === undefined ? undefined : await workflows.get(workflow);
      if (kind === 'publish' && stored !== undefined) {
        const { bundle } = await compile.plan(stored.document);
        if ((await hashOf(bundle)) !== body.hash) return 'A part of the workflow changed since the proposal';
      }
      const document = kind === 'publish' && stored !== undefined ? stored.document : body.document;
      const { dataMap } = await compile.report(document, { project, workflow });
      return hashOfMap(dataMap) === body.dataMapHash ? undefined : 'Where its data goes changed since the proposal';
    } catch (error) {
      if (error instanceof HeddleError && error.code === 'workflow_not_found') return 'The workflow was deleted';
      if (error instanceof HeddleError && error.code === 'workflow_invalid')
        return 'The workflow does not compile any more';
      throw error;
    }
  }

  private async publish(principal: Principal, proposal: StoredProposal): Promise<DecidedProposal> {
    const { id, body, workflow = '' } = proposal;
    // An earlier process may have published the version and died before this record.
    const made = (await this.publishedBefore(proposal)) ?? (await this.published(principal, proposal));
    const { hash, dataMapHash: dataMap } = body;
    const facts = { kind: 'publish', workflow, hash, dataMap, version: made, author: proposal.author } as const;
    await this.decide(principal, proposal, { state: 'accepted', version: made }, { step: 'accepted', ...facts });
    return { id, state: 'accepted', workflow, version: made };
  }

  private async publishedBefore({ workflow = '', body, madeAt }: StoredProposal): Promise<number | undefined> {
    const versions = await this.parts.versions.list(workflow);
    return versions.findLast(({ hash, publishedAt }) => hash === body.hash && publishedAt >= madeAt)?.version;
  }

  private async published(principal: Principal, proposal: StoredProposal): Promise<number> {
    const reason = await this.staleness(proposal);
    if (reason !== undefined) throw stale(reason);
    const { workflow = '', body, project, authorName } = proposal;
    const note = `${body.note === '' ? body.title : body.note}\n\nProposed by ${authorName}.`.slice(0, 10_000);
    const version = await this.parts.publishing.publish(
      workflow,
      { acceptDataMap: body.dataMapHash, note },
      principal,
      project,
      body.hash,
    );
    return version.version;
  }

  private async save(principal: Principal, proposal: StoredProposal): Promise<DecidedProposal> {
    const { workflows, compile, ownership } = this.parts;
    const { id, body, project, author } = proposal;
    const by = { who: principal.id, project };
    const stored =
      proposal.workflow === undefined ? undefined : await workflows.get(proposal.workflow).catch(refuseDeleted);
    const isSaved =
      stored !== undefined && body.hash !== body.baseHash && (await hashOf(stored.document)) === body.hash;
    let workflow = proposal.workflow;
    if (!isSaved) {
      const reason = await this.staleness(proposal);
      if (reason !== undefined) throw stale(reason);
      await compile.plan(body.document, project);
      if (stored === undefined) {
        const made = await workflows.create(body.document, undefined, by, {
          writes: ({ id: name }) => ownership.write.assign('workflow', name, project),
        });
        workflow = made.id;
      } else await workflows.save(stored.id, body.document, stored.revision, by);
    }
    const { hash, dataMapHash: dataMap } = body;
    const facts = { kind: 'draft', workflow: workflow ?? '', hash, dataMap, author } as const;
    await this.decide(principal, proposal, { state: 'accepted', workflow }, { step: 'accepted', ...facts });
    return { id, state: 'accepted', workflow };
  }

  private async decide(
    principal: Principal,
    { id, project }: StoredProposal,
    to: {
      readonly state: 'accepted' | 'rejected';
      readonly workflow?: string | undefined;
      readonly version?: number | undefined;
    },
    details: Extract<AuditEvent, { kind: 'proposal' }>['details'],
  ): Promise<void> {
    const { store, audit, clock } = this.parts;
    const writes = store.decide(id, { ...to, by: principal.id, at: clock.now() });
    await audit.commit(this.event({ principal, project }, id, details), writes);
  }

  /** Refuses and records a decision by a key or program, whatever its rights. */
  private async checkPerson(principal: Principal, id: string): Promise<void> {
    if (isPerson(principal)) return;
    const proposal = await this.readable(principal, id);
    const refused = this.event({ principal, project: proposal.project }, id, {
      step: 'refused',
      reason: 'not a person',
    });
    await this.parts.audit.write({ ...refused, isAllowed: false });
    throw new HeddleError(
      'forbidden',
      'Only a person who is signed in decides about a proposal: open it in the editor.',
    );
  }

  private checkRight(principal: Principal, { kind, workflow, project }: StoredProposal): void {
    const resource = { kind: 'workflow', project, ...withoutUndefined({ id: workflow }) } as const;
    checkAccess(principal, kind === 'publish' ? 'workflow:publish' : 'workflow:write', resource, this.parts.clock);
  }

  private async checkIdle(proposal: StoredProposal): Promise<void> {
    if (await this.isWorking(proposal))
      throw new HeddleError('conflict', 'The model still works on it: wait, or end its run.');
  }

  private async isWorking({ run, state }: StoredProposal): Promise<boolean> {
    if (run === undefined || state !== 'open') return false;
    try {
      return !isTerminal((await this.parts.runs.summary(run)).status);
    } catch (error) {
      // The run has been deleted by retention.
      if (error instanceof HeddleError && error.code === 'run_not_found') return false;
      throw error;
    }
  }

  private mayRead(principal: Principal, { workflow, project, author }: StoredProposal): boolean {
    const now = this.parts.clock.now();
    const resource = { kind: 'workflow', project, ...withoutUndefined({ id: workflow }) } as const;
    if (authorise(principal, 'workflow:read', resource, now) === 'allowed') return true;
    // A program may read the state of its own proposals.
    return author === principal.id && authorise(principal, 'workflow:build', resource, now) === 'allowed';
  }

  private async found(id: string): Promise<StoredProposal> {
    const found = await this.parts.store.get(id);
    if (found === undefined) throw missing(id);
    return found;
  }
}

const emptyOf = ({ heddle, name }: WorkflowDocument): WorkflowDocument => ({ heddle, name, nodes: {}, edges: [] });

const hashOf = async (content: WorkflowDocument | PlanBundle): Promise<string> =>
  contentHash(await inSlices(canonicalJsonSteps(content)));

const hashOfMap = (dataMap: readonly DataFlow[]): string => contentHash(canonicalJson(dataMap));

const missing = (id: string): HeddleError =>
  new HeddleError('proposal_not_found', `There is no proposal '${id.slice(0, 100)}' here, or you may not see it.`);
const decided = (): HeddleError => new HeddleError('proposal_decided', 'Somebody decided about this proposal already.');
const stale = (why: string): HeddleError =>
  new HeddleError('proposal_stale', `${why}: nothing was published or saved. Ask for a new proposal.`);

function refuseDeleted(error: unknown): never {
  if (error instanceof HeddleError && error.code === 'workflow_not_found') throw stale('The workflow was deleted');
  throw error;
}

/** The test results of a proposal as a program sees them: which tests failed, without the values that they compare. */
export const shownTests = (tests: TestReport | undefined) =>
  tests && {
    passed: tests.passed,
    failed: tests.failed,
    results: tests.results.map(({ name, status, runId, failures }) => ({
      name,
      status,
      runId,
      failed: failures.map(({ assertion, wouldCall }) => ({ assertion, wouldCall })),
    })),
  };
