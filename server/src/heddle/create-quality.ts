import { join } from 'node:path';
import { splitModelId, type StoredWorkflow } from '@heddle/core';
import { createAlerts } from '../alerts/create-alerts.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { Authorities } from '../authority/authority.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import type { ReaderNames } from '../auth/readers/reader-names.js';
import type { CollectionService } from '../collections/collection.service.js';
import type { CompileService } from '../compile/compile-service.js';
import { DashboardService } from '../dashboard/dashboard.service.js';
import { RollupWorker } from '../dashboard/rollup-worker.js';
import { DatasetService } from '../datasets/dataset.service.js';
import type { Deletions } from '../deletions/deletions.js';
import { CalibrationService } from '../evaluators/calibration.service.js';
import { createEvaluators, type EvaluatorDependencies } from '../evaluators/create-evaluators.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import { GateRules } from '../gates/gate-rules.js';
import { GateService } from '../gates/gate.service.js';
import { ExperimentService, type ExperimentDependencies } from '../experiments/experiment.service.js';
import { RouteRelearner } from '../experiments/route-training/relearn-route.js';
import { RouteTrainingService } from '../experiments/route-training/route-training.service.js';
import { ModelReportService } from '../experiments/model-report.service.js';
import type { ModelService } from '../models/model.service.js';
import { AnnotationService } from '../feedback/annotations/annotation.service.js';
import { TrainingService } from '../feedback/training/training.service.js';
import type { JobService } from '../jobs/job.service.js';
import { isRemote } from '../common/is-remote.js';
import { refuseKilledCall } from '../kill-switches/kill-switch-guard.js';
import { IndexGateService } from '../lab/index-gate.service.js';
import { headersOfLab } from '../lab/lab-headers.js';
import { LabService } from '../lab/lab.service.js';
import type { ProviderWaits } from '../provider-batches/provider-batch.service.js';
import type { Publishing } from '../publishing/create-publishing.js';
import { NegativesService } from '../questions/negatives.service.js';
import { QuestionService } from '../questions/question.service.js';
import { MonitorService } from '../monitors/monitor.service.js';
import { MonitorWorker } from '../monitors/monitor-worker.js';
import { PromptService } from '../prompts/prompt.service.js';
import { ReplayService } from '../replays/replay.service.js';
import type { RunService } from '../runs/run.service.js';
import type { SecretAccess } from '../secrets/secret-access.js';
import type { Settings } from '../settings/settings-table.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { createPriceOf } from './create-engine-host.js';
import type { HeddleParts } from './parts.js';

/** The services that the quality services build on. */
interface QualitySources {
  readonly ownership: Ownership;
  readonly authorities: Authorities;
  readonly grants: ProjectGrants;
  readonly secretAccess: SecretAccess;
  readonly resources: EvaluatorDependencies['resources'];
  readonly workflows: WorkflowService;
  readonly compile: CompileService;
  readonly deletions: Deletions;
  readonly jobs: JobService;
  readonly models: ModelService;
  readonly collections: CollectionService;
  readonly readerNames: ReaderNames;
  readonly execution: { readonly runs: RunService };
  readonly publishing: Publishing;
  readonly providerBatches: ProviderWaits;
}

/**
 * Creates the services that measure the quality of answers: datasets, evaluators, experiments, replays, annotation, prompts, training sets,
 * dashboards.
 */
export function createQuality(
  settings: Settings,
  parts: HeddleParts,
  services: QualitySources,
  forgetPlans: () => void,
) {
  const { audit, identity: stores } = parts;
  const { ownership, workflows, deletions, secretAccess } = services;
  const { runs } = services.execution;
  const datasets = new DatasetService({ ...parts, ownership, workflows, runs, deletions });
  const evaluators = createJudging(parts, services);
  connectReaders(parts, ownership, evaluators);
  const calibrations = new CalibrationService(parts.calibrations, audit);
  const rollups = new RollupWorker(parts);
  const people = peopleOf(() => annotations);
  const experiments = createExperiments(settings, parts, services, { evaluators, calibrations, people });
  const annotations = new AnnotationService({
    ...parts,
    ownership,
    workflows,
    datasets,
    calibrations,
    runs,
    onJudged: (judged) => experiments.storeAnnotations(judged),
  });
  const ofRoutes = { ...parts, trainings: parts.routing.trainings, store: parts.experiments };
  const routeTrainings = new RouteTrainingService({ ...ofRoutes, evaluators });
  const relearner = new RouteRelearner({ ...ofRoutes, datasets, experiments, routeTrainings });
  const labs = createLabs(settings, parts, services);
  const replays = new ReplayService({ ...parts, ...services, store: parts.replays, runs });
  return {
    datasets,
    evaluators,
    ...createQuestions(parts, services, datasets, evaluators),
    labs,
    indexGates: new IndexGateService({ ...parts, ownership, labs, gates: parts.indexGates }),
    calibrations,
    experiments,
    routeTrainings,
    modelReports: new ModelReportService(services.models, parts.modelResults, parts.routing.calls),
    replays,
    ...createGates(parts, services, { evaluators, experiments, replays }),
    annotations,
    training: new TrainingService({ ...parts, shares: parts.channels.store, ownership, workflows }),
    dashboard: new DashboardService({ ...parts, keys: stores.keys, ownership, workflows, worker: rollups }),
    rollups,
    ...createMonitors(parts, services, { evaluators, calibrations, relearner }),
    alerts: createAlerts({ ...parts, settings, ownership, workflows, secretAccess }),
    prompts: new PromptService({ ...parts, ownership, deletions, users: stores.users, onChange: forgetPlans }),
  };
}

/** Creates the services that monitor the answers of published workflows and learn routes again after drift. */
function createMonitors(
  parts: HeddleParts,
  { ownership, workflows }: QualitySources,
  uses: {
    readonly evaluators: EvaluatorService;
    readonly calibrations: CalibrationService;
    readonly relearner: RouteRelearner;
  },
) {
  const { evaluators, calibrations, relearner } = uses;
  return {
    monitors: new MonitorService({
      ...parts,
      ownership,
      workflows,
      evaluators,
      calibrations,
      checkRelearn: (rule, project) => relearner.check(rule, project),
    }),
    monitorWorker: new MonitorWorker({
      ...parts,
      evaluators,
      onCompared: (id, runs) => relearner.afterDrift(id, runs),
    }),
  };
}

/** After this call, collections can have passage headers and knowledge graphs. */
function connectReaders(
  { headers, graphs, connections, models }: HeddleParts,
  ownership: Ownership,
  evaluators: EvaluatorService,
): void {
  const sources = {
    ownership,
    evaluators,
    languageModel: async (id: string) => (isRemote(id) ? connections.hub : await models.get()).languageModel(id),
  };
  headers.connect(sources);
  graphs.connect({ ...sources, classifier: async (id) => (await models.get()).classifier(id) });
}

/** The people who judge answers. A function returns the annotation service, because it is created after the experiments. */
const peopleOf = (annotations: () => AnnotationService): ExperimentDependencies['people'] => ({
  ask: (...of) => annotations().request(...of),
  scoresOf: (...of) => annotations().scoresOf(...of),
});

function createJudging(parts: HeddleParts, services: QualitySources): EvaluatorService {
  const { resources, authorities, grants, publishing, execution, ownership } = services;
  return createEvaluators({
    audit: parts.audit,
    clock: parts.clock,
    resources,
    authorities,
    grants,
    killSwitches: parts.killSwitches,
    budgets: parts.routing.budgets,
    calls: parts.routing.calls,
    priceOf: createPriceOf(parts),
    runs: { published: publishing.runs, runs: execution.runs, ownership },
  });
}

function createQuestions(
  parts: HeddleParts,
  { jobs, ownership, grants, collections, readerNames }: QualitySources,
  datasets: DatasetService,
  evaluators: EvaluatorService,
): { readonly questions: QuestionService; readonly negatives: NegativesService } {
  const { identity, audit, clock } = parts;
  const of = {
    identity,
    audit,
    clock,
    jobs,
    ownership,
    grants,
    collectionsOf: (owner: string) => collections.readableBy(() => readerNames.ofPrincipal({ id: owner })),
    datasets,
    evaluators,
  };
  return {
    questions: new QuestionService({ ...of, store: parts.questions }),
    negatives: new NegativesService({ ...of, store: parts.negatives }),
  };
}

function createLabs(
  settings: Settings,
  parts: HeddleParts,
  { jobs, ownership, grants, collections, readerNames }: QualitySources,
): LabService {
  const { labs: store, tables, datasets, models, connections, audit, clock } = parts;
  return new LabService({
    store,
    tables,
    datasets,
    jobs,
    ownership,
    grants,
    audit,
    clock,
    collections: parts.collections,
    originalsOf: (name) => collections.originalsOf(name),
    readersOf: (caller) => readerNames.ofPrincipal(caller),
    openOwn: (file, cache, name) =>
      parts.openCollections(file, (embedder) => cache.before(embedder), headersOfLab(parts.headers, name)),
    embedder: async (id) => (isRemote(id) ? connections.hub : await models.get()).embedder(id),
    reranker: async (id) => (isRemote(id) ? connections.hub : await models.get()).reranker(id),
    languageModel: async (id) => (isRemote(id) ? connections.hub : await models.get()).languageModel(id),
    priceOf: createPriceOf(parts),
    admit: (model) =>
      refuseKilledCall(parts.killSwitches, {
        kind: 'embed',
        subject: model,
        connection: splitModelId(model).connection,
      }),
    folder: join(settings.dataFolder, 'labs'),
  });
}

function createExperiments(
  settings: Settings,
  parts: HeddleParts,
  services: QualitySources,
  judging: Pick<ExperimentDependencies, 'evaluators' | 'calibrations' | 'people'>,
): ExperimentService {
  const { ownership, workflows, compile, jobs, execution, publishing } = services;
  return new ExperimentService({
    ownership,
    workflows,
    compile,
    jobs,
    runs: execution.runs,
    published: publishing.workflows,
    store: parts.experiments,
    modelResults: parts.modelResults,
    datasets: parts.datasets,
    ...judging,
    journal: parts.journal,
    identity: parts.identity,
    audit: parts.audit,
    clock: parts.clock,
    leases: parts.leases,
    waits: services.providerBatches,
    maxInputBytes: settings.inputLimit,
  });
}

/** Creates the gate, and connects it to publishing. */
function createGates(
  parts: HeddleParts,
  services: QualitySources,
  made: {
    readonly evaluators: EvaluatorService;
    readonly experiments: ExperimentService;
    readonly replays: ReplayService;
  },
) {
  const { ownership, workflows, compile, publishing } = services;
  const sources = {
    store: parts.gates,
    ownership,
    workflows,
    compile,
    clock: parts.clock,
    audit: parts.audit,
    datasets: parts.datasets,
    versions: parts.versions,
    published: publishing.workflows,
    experimentStore: parts.experiments,
    replayStore: parts.replays,
    ...made,
    runTests: (workflow: StoredWorkflow) => publishing.versions.test(workflow),
  };
  const gateRules = new GateRules(sources);
  const gates = new GateService(sources, gateRules);
  publishing.versions.guardBy(gates);
  publishing.ab.guardBy(gates);
  return { gateRules, gates };
}
