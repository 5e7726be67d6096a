import { inSlices } from '@heddle/adapters/event-loop';
import {
  applyChanges,
  authorise,
  defaultProject,
  describeNode,
  HeddleError,
  ReplayMode,
  takesFiles,
  withoutUndefined,
  sampleOf,
  type CompileReply,
  type DataFlow,
  type DraftChange,
  type Journal,
  type LabelLevel,
  type NodeCatalog,
  type NodeDescription,
  type NodeReference,
  type PlanBundle,
  type Principal,
  type RunSummary,
  type StoredWorkflow,
  type TestReport,
  type VersionStore,
  type WorkflowDocument,
} from '@heddle/core';
import { runCaller } from '../auth/caller.js';
import { checkAccess } from '../auth/rights/check-access.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import { referencesOf } from '../common/references.js';
import type { CompileService } from '../compile/compile-service.js';
import { parseTestsSteps, runTests, type TestedRun } from '../publishing/workflow-tests.js';
import type { RunService } from '../runs/run.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { actorOf, type Builder } from './builder.js';
import { explainRun, hasDeclassifiedAbove, type ExplainedRun } from './explain-run.js';
import { lockOf, shownDocument, withoutKeys, type Sight } from './hidden-values.js';
import { markedBundle } from './mark-keys.js';
import { sampleStubs } from './sample-stubs.js';
import { shownValue, type ShownOutput } from './shown-value.js';

/** The parts that building uses. */
export interface BuildParts {
  readonly catalog: NodeCatalog;
  readonly workflows: WorkflowService;
  readonly compile: CompileService;
  readonly runs: RunService;
  readonly journal: Pick<Journal, 'events' | 'bundle'>;
  readonly versions: Pick<VersionStore, 'tests'>;
  readonly ownership: Ownership;
  readonly clock: TrustedClock;
}

/** A draft that is being built: a stored one, or the working copy of a chat. */
export interface Draft {
  readonly document: WorkflowDocument;
  /** The id of the stored workflow; undefined if there is none. */
  readonly workflow: string | undefined;
}

/** A draft as a builder sees it, with its issues. */
interface ShownDraft {
  readonly document: WorkflowDocument;
  readonly isCompiled: boolean;
  readonly issues: CompileReply['issues'];
}

/** A run with samples. */
interface SampleRun extends ExplainedRun {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, ShownOutput>>;
}

const mostSeconds = 300;
const usualSeconds = 120;

/**
 * What programs and models can do with drafts. Each method checks the rights of its builder. None of them publishes, decides or reads a
 * secret, and values above the clearance of the builder are replaced by made-up ones.
 */
export class BuildService {
  private described: { readonly list: readonly unknown[]; readonly nodes: readonly NodeDescription[] } | undefined;

  constructor(readonly parts: BuildParts) {}

  /** Finds node types by parts of their title, summary and keywords, or by category. */
  nodeTypes({
    search = '',
    category,
  }: {
    readonly search?: string | undefined;
    readonly category?: string | undefined;
  }) {
    const terms = search
      .toLowerCase()
      .split(/\s+/)
      .filter((term) => term !== '');
    return this.descriptions()
      .filter((node) => category === undefined || node.category === category)
      .filter((node) => {
        const text = [
          node.type,
          node.title,
          node.summary,
          ...(node.keywords ?? []),
          ...(node.standsFor ?? []).flatMap(({ names }) => names),
        ]
          .join(' ')
          .toLowerCase();
        return terms.every((term) => text.includes(term));
      })
      .map(({ type, version, category: of, title, summary, role, effects, inputs, outputs, hasDynamicPorts }) => ({
        type,
        version,
        category: of,
        title,
        summary,
        role,
        effects,
        hasDynamicPorts,
        inputs: inputs.map(({ name, type: port, isOptional }) => `${name}${isOptional ? '?' : ''}: ${port}`),
        outputs: outputs.map(({ name, type: port }) => `${name}: ${port}`),
      }));
  }

  /** A node type with its schema, ports, docs and example. Errors: `change_invalid`. */
  nodeType(type: string): NodeDescription {
    const found = this.descriptions().find((node) => node.type === type);
    if (found === undefined)
      throw new HeddleError(
        'change_invalid',
        `There is no node type '${type.slice(0, 100)}': list_node_types lists the existing ones.`,
      );
    const { icon: _icon, ...described } = found;
    return described;
  }

  /** The workflows that the builder may change. */
  async list({ principal }: Builder) {
    const found = await this.parts.workflows.list(this.mayBuild(principal));
    return found.map(({ id, slug, name, description, nodes, issues, updatedAt }) => ({
      id,
      slug,
      nodes,
      errors: issues,
      updatedAt,
      name: withoutKeys(name),
      description: description === undefined ? undefined : withoutKeys(description),
    }));
  }

  /** A draft without the parts that the builder must not see. Errors: `workflow_not_found`, `forbidden`. */
  async read(
    builder: Builder,
    name: string,
  ): Promise<ShownDraft & { readonly id: string; readonly slug: string; readonly revision: number }> {
    const { id, slug, revision, document } = await this.stored(builder, name);
    return { id, slug, revision, ...(await this.shown(builder, { document, workflow: id })) };
  }

  /** Creates a draft and applies a list of changes to it. Errors: `change_invalid`, `forbidden`. */
  async create(
    builder: Builder,
    {
      name,
      description,
      changes,
    }: { readonly name: string; readonly description?: string | undefined; readonly changes: readonly DraftChange[] },
  ) {
    const { ownership, clock, workflows } = this.parts;
    checkAccess(builder.principal, 'workflow:build', await ownership.newIn('workflow', builder.project), clock);
    const empty: WorkflowDocument = {
      heddle: 2,
      name,
      ...withoutUndefined({ description }),
      nodes: {},
      edges: [],
    };
    const document = await this.changed(builder, empty, changes);
    const made = await workflows.create(document, undefined, actorOf(builder), {
      writes: ({ id }) => ownership.write.assign('workflow', id, builder.project),
    });
    return this.read(builder, made.id);
  }

  /**
   * Applies a list of changes to a stored draft, all or none. Errors: `workflow_not_found`, `forbidden`, `change_invalid`, `conflict` if
   * the draft is not at that revision.
   */
  async change(builder: Builder, name: string, revision: number, changes: readonly DraftChange[]) {
    const { id, document } = await this.stored(builder, name);
    await this.parts.workflows.save(id, await this.changed(builder, document, changes), revision, actorOf(builder));
    return this.read(builder, id);
  }

  /** Applies changes to a document and stores nothing. Errors: `change_invalid`, `forbidden`, `document_unreadable`. */
  async changed(
    builder: Builder,
    document: WorkflowDocument,
    changes: readonly DraftChange[],
  ): Promise<WorkflowDocument> {
    const sight = this.sightOf(builder);
    const made = applyChanges(document, changes, { catalog: sight.catalog, lockOf: (node) => lockOf(node, sight) });
    // The same checks as for a document that a caller sends: names, sizes and forms.
    return this.parts.compile.read(made);
  }

  /** A draft as a builder sees it, with its issues. */
  async shown(builder: Builder, draft: Draft): Promise<ShownDraft> {
    const report = await this.compiled(builder, draft);
    return { document: shownDocument(draft.document, this.sightOf(builder)), ...issuesOf(report) };
  }

  /** The issues of a draft, its interface and ports. */
  async compileDraft(builder: Builder, draft: Draft) {
    const report = await this.compiled(builder, draft);
    const sides = ({ inputs, outputs }: CompileReply['interface']) => ({
      inputs: inputs.map(portLine),
      outputs: outputs.map(portLine),
    });
    return {
      ...issuesOf(report),
      interface: sides(report.interface),
      ports: Object.fromEntries(Object.entries(report.ports).map(([node, ports]) => [node, sides(ports)])),
    };
  }

  /** Where the data of a draft goes; what leaves this machine comes first. */
  async dataMap(
    builder: Builder,
    draft: Draft,
  ): Promise<{ readonly leaves: readonly DataFlow[]; readonly stays: readonly DataFlow[] }> {
    const { dataMap } = await this.compiled(builder, draft);
    return { leaves: dataMap.filter(({ isLocal }) => !isLocal), stays: dataMap.filter(({ isLocal }) => isLocal) };
  }

  /** Errors: as compiling a document in a request. */
  compiled({ project }: Builder, { document, workflow }: Draft): Promise<CompileReply> {
    return this.parts.compile.report(document, { project, workflow });
  }

  /**
   * Runs a draft on the authority of the builder, with the given inputs and samples for the others. Models and collections are really used;
   * nodes that would send, write or ask a person get sample outputs. Errors: `workflow_invalid`, `input_*`, `busy`.
   */
  async run(
    builder: Builder,
    draft: Draft,
    {
      inputs: given = {},
      seconds = usualSeconds,
    }: { readonly inputs?: Readonly<Record<string, unknown>> | undefined; readonly seconds?: number | undefined },
  ): Promise<SampleRun> {
    const report = await this.compiled(builder, draft);
    const inputs = { ...samplesFor(report), ...given };
    const { summary, events, outputs } = await this.runBundle(builder, draft, {
      inputs,
      trigger: 'api',
      seconds,
      stubs: (bundle) => sampleStubs(bundle, this.parts.catalog),
    });
    const isHidden = hasDeclassifiedAbove(events, builder.clearance);
    const shownOutputs = Object.fromEntries(
      report.interface.outputs.flatMap((port): [string, ShownOutput][] => {
        const output = outputs[port.name];
        return output === undefined
          ? []
          : [[port.name, shownValue(port, output, isHidden ? undefined : builder.clearance)]];
      }),
    );
    return { ...explainRun(summary, events, draft.document, builder.clearance), inputs, outputs: shownOutputs };
  }

  /** Runs the tests of a workflow on a draft; undefined if it has none. Errors: `workflow_not_found`, `workflow_invalid`. */
  async test(builder: Builder, draft: Draft): Promise<TestReport | undefined> {
    if (draft.workflow === undefined) return undefined;
    const content = await this.parts.versions.tests(draft.workflow);
    if (content === undefined || content.trim() === '') return undefined;
    await this.parts.compile.plan(draft.document, builder.project);
    const tests = await inSlices(parseTestsSteps(content));
    return runTests(
      tests,
      draft.document,
      (_document, _workflow, { inputs, fixtures = {} }) =>
        this.runBundle(builder, draft, {
          inputs,
          trigger: 'test',
          seconds: mostSeconds,
          stubs: () => ({ ...fixtures }),
        }),
      this.parts.clock,
      draft.workflow,
    );
  }

  /** Explains how a run ended, which step failed, and how to repair it. Errors: `run_not_found`, `forbidden`. */
  async explain(builder: Builder, runId: string): Promise<ExplainedRun> {
    const { ownership, clock, runs, journal } = this.parts;
    checkAccess(
      builder.principal,
      'workflow:build',
      await ownership.resourceOf('run', runId, builder.principal),
      clock,
      runId,
    );
    const summary = await runs.summary(runId);
    const [events, bundle] = await Promise.all([journal.events(runId), journal.bundle(runId)]);
    // A fixture of a test has no label of its own.
    const clearance: LabelLevel | undefined = summary.trigger === 'test' ? 'public' : builder.clearance;
    return explainRun(summary, events, bundle.document, clearance);
  }

  /** A stored draft that the builder may change. Errors: `workflow_not_found`, `forbidden`. */
  async stored({ principal }: Builder, name: string): Promise<StoredWorkflow> {
    const { ownership, clock, workflows } = this.parts;
    checkAccess(principal, 'workflow:build', await ownership.resourceOf('workflow', name, principal), clock, name);
    return workflows.get(name);
  }

  /** The project of a draft: that of the stored workflow, otherwise that of the builder. */
  projectOf(builder: Builder, workflow: string | undefined): string {
    const stored = workflow === undefined ? undefined : this.parts.ownership.projectsOf('workflow', workflow)[0];
    return workflow === undefined ? builder.project : (stored ?? defaultProject);
  }

  sightOf({ clearance }: Pick<Builder, 'clearance'>): Sight {
    return { clearance, catalog: this.parts.catalog };
  }

  private mayBuild(principal: Principal): (id: string) => boolean {
    const { ownership, clock } = this.parts;
    const now = clock.now();
    return (id) =>
      authorise(
        principal,
        'workflow:build',
        { kind: 'workflow', id, project: ownership.projectsOf('workflow', id)[0] ?? defaultProject },
        now,
      ) === 'allowed';
  }

  private async runBundle(
    builder: Builder,
    draft: Draft,
    how: {
      readonly inputs: Readonly<Record<string, unknown>>;
      readonly trigger: 'api' | 'test';
      readonly seconds: number;
      readonly stubs: (bundle: PlanBundle) => ReplayMode['stubs'];
    },
  ): Promise<TestedRun & { readonly events: Awaited<ReturnType<Journal['events']>> }> {
    const { runs, journal, compile, catalog } = this.parts;
    const project = this.projectOf(builder, draft.workflow);
    const { bundle: own } = await compile.plan(draft.document, project);
    this.checkParts(builder, own);
    // The outputs of a node with a key in it are as secret as the key.
    const bundle = markedBundle(own, { ...this.sightOf(builder), catalog });
    const { runId } = await runs.start({
      document: bundle.document,
      compiled: { bundle, plan: await compile.planOf(bundle) },
      ...withoutUndefined({ workflowId: draft.workflow, caller: runCaller(builder.principal, project) }),
      request: { inputs: { ...how.inputs } },
      trigger: how.trigger,
      replay: ReplayMode.parse({ stubs: how.stubs(bundle) }),
    });
    const summary = await this.waitFor(builder, runId, Math.min(how.seconds, mostSeconds));
    const events = await journal.events(runId);
    const end = events.findLast((event) => event.type === 'run-end');
    return { summary, events, outputs: end?.outputs ?? {} };
  }

  /** A draft can call other workflows as steps, so the builder must be allowed to build with those too. */
  private checkParts({ principal }: Builder, { document, workflows }: PlanBundle): void {
    const { scopes } = principal;
    if (scopes?.workflows === undefined) return;
    const named = [document, ...Object.values(workflows)]
      .flatMap((each) => referencesOf(each, this.parts.catalog))
      .filter(({ kind, id }: NodeReference) => kind === 'workflow' && !id.startsWith('#'));
    const [first] = named;
    if (first !== undefined)
      throw new HeddleError(
        'scope_missing',
        `This key is for single workflows, and the draft calls '${first.id}' as a step: run it with a key for the whole project.`,
      );
  }

  /** Waits until the run has ended. Cancels a run that waits for a person, takes too long, or whose builder has disconnected. */
  private async waitFor({ signal }: Builder, runId: string, seconds: number): Promise<RunSummary> {
    const { runs } = this.parts;
    const ends = [AbortSignal.timeout(seconds * 1_000), ...(signal === undefined ? [] : [signal])];
    const summary = await runs.settled(runId, AbortSignal.any(ends)).catch((error: unknown) => {
      if (error instanceof HeddleError && error.code === 'shutting_down') throw error;
      return undefined;
    });
    if (summary !== undefined && summary.endedAt !== undefined) return summary;
    await runs.cancel(runId).catch((error: unknown) => {
      if (!(error instanceof HeddleError && error.code === 'run_terminal')) throw error;
    });
    return runs.settled(runId);
  }

  private descriptions(): readonly NodeDescription[] {
    const list = this.parts.catalog.list();
    if (this.described?.list !== list) this.described = { list, nodes: list.map(describeNode) };
    return this.described.nodes;
  }
}

const issuesOf = ({ issues }: CompileReply): Pick<ShownDraft, 'isCompiled' | 'issues'> => ({
  isCompiled: issues.every(({ severity }) => severity !== 'error'),
  issues: issues.map((issue) => ({ ...issue, message: withoutKeys(issue.message) })),
});

/** Samples for the required inputs. Files are left out: a file must exist, so the caller must provide it. */
const samplesFor = ({ interface: { inputs } }: CompileReply): Record<string, unknown> =>
  Object.fromEntries(
    inputs.flatMap((port) => (port.isOptional || takesFiles(port) ? [] : [[port.name, sampleOf(port)]])),
  );

const portLine = ({ name, type, isOptional, title, help }: CompileReply['interface']['inputs'][number]) => ({
  name,
  type,
  isOptional,
  title,
  help,
});
