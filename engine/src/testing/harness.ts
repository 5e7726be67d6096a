import {
  HeddleError,
  compileBundleSteps,
  compilePlan,
  createCatalog,
  defaultLabel,
  runThrough,
  type DocumentEdge,
  type DocumentNode,
  type Journal,
  type LabelledValue,
  type NodeDefinition,
  type Plan,
  type PlanBundle,
  type Resources,
  type RunAcceptance,
  type RunEvent,
  ReplayMode,
  type RunOptions,
  type StreamEvent,
  type WorkflowDocument,
} from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import type { EngineHost, RunHandle, RunOutcome } from '../host.js';
import { createLimits } from '../limits/limits.js';
import { createMemoryJournal } from '../memory-journal.js';
import { resumeRun, startRun } from '../start-run.js';

/** The short form of a document: nodes as `id: 'type'` or `id: { type, config, run }`, edges as `'a.out -> b.in'` or with a loop. */
export interface Sketch {
  readonly nodes: Readonly<Record<string, string | (Partial<DocumentNode> & { readonly type: string })>>;
  readonly edges?: readonly (string | { readonly edge: string; readonly loop: NonNullable<DocumentEdge['loop']> })[];
  readonly workflows?: Readonly<Record<string, Sketch>>;
}

/** Builds the document of a sketch. */
export function documentOf(sketch: Sketch): WorkflowDocument {
  const workflows = Object.entries(sketch.workflows ?? {}).map(([name, inner]) => [name, graphOf(inner)] as const);
  return {
    heddle: 2,
    name: 'Test',
    ...graphOf(sketch),
    ...(workflows.length === 0 ? {} : { workflows: Object.fromEntries(workflows) }),
  };
}

function graphOf({ nodes, edges = [] }: Sketch): Pick<WorkflowDocument, 'nodes' | 'edges'> {
  return {
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, node]) => [
        id,
        { version: 1, config: {}, ...(typeof node === 'string' ? { type: node } : node) },
      ]),
    ),
    edges: edges.map((edge) => {
      const [from = '', to = ''] = (typeof edge === 'string' ? edge : edge.edge).split('->').map((end) => end.trim());
      return { from, to, ...(typeof edge === 'string' ? {} : { loop: edge.loop }) };
    }),
  };
}

/** The compile result of each sketch with the node types that it was compiled with. */
const compiled = new WeakMap<
  Sketch,
  { readonly definitions: readonly NodeDefinition[]; readonly result: ReturnType<typeof compilePlan> }
>();

/** Compiles a sketch once for each list of node types. */
export function compileSketch(sketch: Sketch, definitions: readonly NodeDefinition[]): ReturnType<typeof compilePlan> {
  const known = compiled.get(sketch);
  if (known?.definitions === definitions) return known.result;
  const result = compilePlan(documentOf(sketch), createCatalog(definitions));
  compiled.set(sketch, { definitions, result });
  return result;
}

/** As in the server, all runs of a plan share one bundle. */
const bundles = new WeakMap<Plan, PlanBundle>();

function bundleOf(plan: Plan): PlanBundle {
  const known = bundles.get(plan);
  if (known !== undefined) return known;
  const bundle = { document: plan.document, workflows: {} };
  bundles.set(plan, bundle);
  return bundle;
}

/** Compiles a sketch. Throws with its issues if it does not compile. */
export function planOf(sketch: Sketch, definitions: readonly NodeDefinition[]): Plan {
  const { plan, issues } = compileSketch(sketch, definitions);
  if (plan === undefined) throw new Error(issues.map((issue) => `${issue.code}: ${issue.message}`).join('\n'));
  return plan;
}

export interface BenchOptions {
  readonly journal?: Journal;
  readonly host?: Partial<EngineHost>;
  readonly limits?: Readonly<Record<string, number>>;
}

/** A run in a test: its handle, what it emitted, and ways to wait. */
export interface TestRun {
  readonly handle: RunHandle;
  readonly events: StreamEvent[];
  /** Waits until the run has left memory or nothing in it continues by itself. */
  settle(): Promise<void>;
  /** Returns the outcome. Moves the clock when nothing else can go on. */
  finish(): Promise<RunOutcome>;
}

/** A host on fakes for tests: one clock, one journal, many runs. */
export interface TestBench {
  readonly clock: FakeClock;
  readonly journal: Journal;
  readonly host: EngineHost;
  accept(
    sketch: Sketch,
    details?: {
      inputs?: Readonly<Record<string, unknown>>;
      runId?: string;
      options?: RunOptions;
      origin?: string;
      reused?: readonly string[];
      replay?: Partial<ReplayMode>;
    },
  ): Promise<{ plan: Plan; acceptance: RunAcceptance }>;
  start(sketch: Sketch, details?: Parameters<TestBench['accept']>[1]): Promise<TestRun>;
  resume(runId: string, plan: Plan): Promise<TestRun>;
  run(sketch: Sketch, details?: Parameters<TestBench['accept']>[1]): Promise<RunOutcome & { events: StreamEvent[] }>;
  records(runId?: string): Promise<readonly RunEvent[]>;
}

/** Creates a bench with these node types. */
export function createBench(definitions: readonly NodeDefinition[], options: BenchOptions = {}): TestBench {
  const clock = createFakeClock();
  const journal = options.journal ?? createMemoryJournal(clock);
  const listeners = new Map<string, StreamEvent[]>();
  const host: EngineHost = {
    catalog: createCatalog(definitions),
    journal,
    clock,
    resources: noResources,
    limits: createLimits((name) => options.limits?.[name] ?? Infinity),
    secret: (name) => Promise.resolve({ name }),
    emit: (runId, events) => void listeners.get(runId)?.push(...events),
    random: () => 0.5,
    compile: (bundle: PlanBundle) => {
      const { plan } = runThrough(compileBundleSteps(bundle, createCatalog(definitions)));
      if (plan === undefined) throw new HeddleError('workflow_invalid', 'The stored workflow does not compile.');
      return plan;
    },
    ...options.host,
  };
  let count = 0;
  const watch = (runId: string, handle: RunHandle): TestRun => {
    const events = listeners.get(runId) ?? [];
    return {
      handle,
      events,
      settle: () => ticks(20),
      finish: async () => {
        let outcome: RunOutcome | undefined;
        void handle.done.then((ended) => (outcome = ended));
        for (let round = 0; round < 2_000; round += 1) {
          await ticks(3);
          if (outcome !== undefined) return outcome;
          if (clock.pending > 0) await clock.advance(250);
        }
        throw new Error(`Run '${runId}' did not end.`);
      },
    };
  };
  const bench: TestBench = {
    clock,
    journal,
    host,
    accept: async (sketch, details = {}) => {
      const plan = planOf(sketch, definitions);
      const runId = details.runId ?? `run-${(count += 1)}`;
      const acceptance: RunAcceptance = {
        runId,
        workflowId: undefined,
        workflowName: 'Test',
        time: clock.now(),
        trigger: 'test',
        inputs: labelledInputs(details.inputs ?? {}),
        options: details.options ?? {},
        rootId: details.origin ?? runId,
        origin: details.origin,
        reused: details.reused ?? [],
        ...(details.replay === undefined ? {} : { replay: ReplayMode.parse(details.replay) }),
      };
      await journal.accept(acceptance, bundleOf(plan));
      return { plan, acceptance };
    },
    start: async (sketch, details) => {
      const accepted = await bench.accept(sketch, details);
      const { runId } = accepted.acceptance;
      listeners.set(runId, []);
      return watch(runId, startRun(host, accepted));
    },
    resume: async (runId, plan) => {
      listeners.set(runId, []);
      return watch(
        runId,
        resumeRun(host, { plan, acceptance: await journal.acceptance(runId) }, await journal.events(runId)),
      );
    },
    run: async (sketch, details) => {
      const run = await bench.start(sketch, details);
      const outcome = await run.finish();
      return { ...outcome, events: run.events };
    },
    records: (runId = 'run-1') => journal.events(runId),
  };
  return bench;
}

/** Removes the labels from values. */
export function plain(outputs: Readonly<Record<string, LabelledValue>> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs ?? {}).map(([name, { value }]) => [name, value]));
}

/** Waits for a number of ticks of the event loop. */
export async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

function labelledInputs(inputs: Readonly<Record<string, unknown>>): Record<string, LabelledValue> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, { value, label: defaultLabel }]));
}

const noResources: Resources = {
  use: (kind, ..._args) => Promise.reject(new HeddleError('resource_unavailable', `There is no ${kind} here.`)),
};
