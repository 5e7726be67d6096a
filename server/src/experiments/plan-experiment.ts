import type { ExperimentBody } from '@heddle/adapters/experiments';
import { inSlices } from '@heddle/adapters/event-loop';
import {
  canonicalJsonSteps,
  defaultProject,
  expandVariants,
  HeddleError,
  mostCells,
  runMetrics,
  withoutUndefined,
  withSettings,
  type Clock,
  type DatasetStore,
  type Evaluators,
  type ExpandedVariant,
  type ExperimentPreview,
  type ExperimentRequest,
  type ExperimentVariant,
  type PlanBundle,
  type Principal,
  type StoredDatasetRow,
} from '@heddle/core';
import { checkAccess } from '../auth/rights/check-access.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { contentHash } from '../calls/content-hash.js';
import type { CompiledWorkflow, CompileService } from '../compile/compile-service.js';
import type { PublishedWorkflows } from '../publishing/published-workflows.js';
import type { RunService } from '../runs/run.service.js';
import { resolveInputs } from '../runs/start/check-inputs.js';
import type { WorkflowService } from '../workflows/workflow.service.js';

export interface PlanSources {
  readonly datasets: DatasetStore;
  readonly evaluators: Evaluators;
  readonly workflows: WorkflowService;
  readonly published: PublishedWorkflows;
  readonly compile: CompileService;
  readonly runs: Pick<RunService, 'list'>;
  readonly ownership: Ownership;
  readonly clock: Pick<Clock, 'now'>;
  readonly maxInputBytes: number;
}

/** The planned runs of an experiment. */
interface ExperimentPlan {
  readonly body: ExperimentBody;
  readonly bundles: ReadonlyMap<string, PlanBundle>;
  /** The rows in pages. A page is read only when it is needed. */
  readonly rows: () => AsyncGenerator<readonly StoredDatasetRow[], void, void>;
}

const pageSize = 1_000;
/** How many rows are checked against the inputs of each variant before anything starts. */
const checkedRows = 20;

/**
 * Resolves a request to variants with pinned workflows, metrics and rows. Errors: `not_found`, `forbidden`, `workflow_not_found`,
 * `not_published`, `version_not_found`, `workflow_invalid`, `evaluator_invalid`, `experiment_invalid`.
 */
export async function planExperiment(
  sources: PlanSources,
  request: ExperimentRequest,
  caller: Principal,
  project: string,
): Promise<ExperimentPlan> {
  const { datasets, ownership, clock, evaluators } = sources;
  const ofDataset = await ownership.resourceOf('dataset', request.dataset, caller);
  checkAccess(caller, 'run:values', ofDataset, clock, request.dataset);
  const dataset = await datasets.get(request.dataset);
  checkProject(ofDataset.project, project, `dataset '${dataset.name}'`);
  await evaluators.check(request.evaluators, { project, principal: caller });
  const variants = await pinVariants(sources, request, caller, project);
  const version = request.datasetVersion ?? dataset.version;
  const plan = (): AsyncGenerator<readonly StoredDatasetRow[], void, void> => pagesOf(datasets, request, version);
  let rows = 0;
  for await (const page of plan()) {
    if (rows === 0) for (const variant of variants) checkFirstRows(variant, page, sources.maxInputBytes);
    rows += page.length;
  }
  checkSize(rows, variants.length, request);
  return {
    rows: plan,
    bundles: new Map(variants.map(({ variant, compiled }) => [variant.hash, compiled.bundle])),
    body: {
      name: request.name,
      dataset: { id: dataset.id, name: dataset.name, version },
      rows,
      variants: variants.map(({ variant }) => variant),
      evaluators: request.evaluators,
      metrics: [...evaluators.metricsOf(request.evaluators), ...runMetrics],
      repeats: request.repeats,
      concurrency: request.concurrency,
      reuse: request.reuse || request.cacheModelCalls,
      cacheModelCalls: request.cacheModelCalls,
      providerBatch: request.providerBatch,
    },
  };
}

/** The runs that `create` would start. The estimate uses the latest runs of each workflow. */
export async function previewOf(
  { runs }: Pick<PlanSources, 'runs'>,
  { body }: ExperimentPlan,
): Promise<ExperimentPreview> {
  const count = body.rows * body.repeats;
  const estimates: { readonly cost: number; readonly ms: number; readonly fromRuns: number }[] = [];
  for (const workflowId of new Set(body.variants.map((variant) => variant.workflowId))) {
    const latest = await runs.list({ workflowId, status: ['done'], limit: 20 });
    if (latest.length === 0) continue;
    const mine = count * body.variants.filter((variant) => variant.workflowId === workflowId).length;
    const ms = latest.reduce((sum, { startedAt = 0, endedAt = startedAt }) => sum + endedAt - startedAt, 0);
    const cost = latest.reduce((sum, run) => sum + run.cost, 0);
    const share = mine / latest.length;
    estimates.push({ cost: cost * share, ms: (ms * share) / body.concurrency, fromRuns: latest.length });
  }
  const sum = (of: 'cost' | 'ms' | 'fromRuns'): number => estimates.reduce((total, one) => total + one[of], 0);
  return {
    rows: body.rows,
    runs: count * body.variants.length,
    datasetVersion: body.dataset.version,
    variants: body.variants,
    metrics: body.metrics,
    ...(estimates.length === 0 ? {} : { estimate: { cost: sum('cost'), ms: sum('ms'), fromRuns: sum('fromRuns') } }),
  };
}

async function* pagesOf(
  datasets: DatasetStore,
  { dataset, split, tag, withUnreviewed, limit = mostCells }: ExperimentRequest,
  version: number,
): AsyncGenerator<readonly StoredDatasetRow[], void, void> {
  let left = limit;
  let after: number | undefined;
  while (left > 0) {
    const unreviewed = withUnreviewed ? undefined : false;
    const query = withoutUndefined({ version, after, split, tag, unreviewed });
    const { rows, next } = await datasets.rows(dataset, { ...query, limit: Math.min(left, pageSize) });
    if (rows.length > 0) yield rows;
    left -= rows.length;
    if (next === undefined) return;
    after = next;
  }
}

function checkSize(rows: number, variants: number, { repeats }: ExperimentRequest): void {
  if (rows === 0)
    throw new HeddleError('experiment_invalid', 'The dataset has no such rows: add some, or choose others.');
  const cells = rows * variants * repeats;
  if (cells > mostCells)
    throw new HeddleError(
      'experiment_invalid',
      `${rows} rows × ${variants} variants × ${repeats} repeats are ${cells} runs; an experiment has at most ${mostCells}: limit the rows.`,
      { details: { runs: cells } },
    );
}

/** Values must stay in their project, so everything must belong to it. */
function checkProject(found: string | undefined, project: string, what: string): void {
  if ((found ?? defaultProject) === project) return;
  throw new HeddleError(
    'experiment_invalid',
    `The ${what} belongs to another project: an experiment takes its dataset and its workflows from its own project.`,
  );
}

interface Pinned {
  readonly variant: ExperimentVariant;
  readonly compiled: CompiledWorkflow;
}

async function pinVariants(
  sources: PlanSources,
  request: ExperimentRequest,
  caller: Principal,
  project: string,
): Promise<readonly Pinned[]> {
  const pinned: Pinned[] = [];
  const names = new Set<string>();
  for (const expanded of expandVariants(request.variants)) {
    const { compiled, ...about } = await pinVariant(sources, expanded, caller, project);
    const hash = contentHash(await inSlices(canonicalJsonSteps(compiled.bundle)));
    const name = freeOf(names, nameOf(expanded, about));
    names.add(name);
    pinned.push({ compiled, variant: { id: `v${pinned.length + 1}`, name, ...about, hash } });
  }
  return pinned;
}

function nameOf(
  { request, changes }: ExpandedVariant,
  { workflow, version }: Pick<ExperimentVariant, 'workflow' | 'version'>,
): string {
  const isGrid = Object.keys(request.grid).length > 0;
  if (request.name !== undefined) return isGrid ? `${request.name}: ${changes}` : request.name;
  const base = version === undefined ? `${workflow} (draft)` : `${workflow} v${version}`;
  return changes === '' ? base : `${base}: ${changes}`;
}

function freeOf(taken: ReadonlySet<string>, name: string): string {
  for (let number = 1; ; number += 1) {
    const found = number === 1 ? name : `${name} (${number})`;
    if (!taken.has(found)) return found;
  }
}

async function pinVariant(
  { workflows, published, compile, ownership, clock }: PlanSources,
  { request, settings }: ExpandedVariant,
  caller: Principal,
  project: string,
): Promise<Omit<ExperimentVariant, 'id' | 'name' | 'hash'> & { readonly compiled: CompiledWorkflow }> {
  const isChanged = Object.keys(settings).length > 0;
  const isDraft = request.version === 'draft';
  const resource = await ownership.resourceOf('workflow', request.workflow, caller);
  checkAccess(caller, isDraft || isChanged ? 'run:draft' : 'run:published', resource, clock, request.workflow);
  const stored = await workflows.get(request.workflow);
  checkProject(resource.project, project, `workflow '${stored.slug}'`);
  const about = { workflowId: stored.id, workflow: stored.slug, settings };
  if (isDraft) {
    const document = isChanged ? withSettings(stored.document, settings) : stored.document;
    return { ...about, compiled: await compile.plan(document, project) };
  }
  const asked = typeof request.version === 'number' ? request.version : undefined;
  const isLive = (await published.live(stored.id)) !== undefined;
  // To name a version of an unpublished workflow, a caller needs the rights of an author.
  if (asked !== undefined && !isLive) checkAccess(caller, 'run:draft', resource, clock, request.workflow);
  const { version, compiled } =
    asked === undefined || isLive
      ? await published.versionFor(stored, asked, { caller: caller.id })
      : await published.version(stored.id, asked);
  if (!isChanged) return { ...about, version: version.version, compiled };
  const document = withSettings(compiled.bundle.document, settings);
  return { ...about, version: version.version, compiled: await compile.plan(document, project) };
}

/** If the rows do not fit a workflow, all its runs would fail, so the first rows are checked. */
function checkFirstRows({ variant, compiled }: Pinned, rows: readonly StoredDatasetRow[], maxBytes: number): void {
  const { inputs: ports } = compiled.plan.interface;
  let first: HeddleError | undefined;
  for (const row of rows.slice(0, checkedRows)) {
    const inputs = Object.fromEntries(Object.entries(row.inputs).filter(([name]) => Object.hasOwn(ports, name)));
    try {
      resolveInputs(inputs, compiled.plan.interface, { maxBytes, isPartial: false });
      return;
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error;
      first ??= error;
    }
  }
  throw new HeddleError(
    'experiment_invalid',
    `The rows of the dataset do not fit '${variant.name}': ${first?.message ?? ''} Their inputs are ${Object.keys(rows[0]?.inputs ?? {}).join(', ') || 'none'}.`,
    { cause: first, details: { variant: variant.name } },
  );
}
