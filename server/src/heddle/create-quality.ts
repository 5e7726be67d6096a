import { createAlerts } from '../alerts/create-alerts.js';
import { DashboardService } from '../dashboard/dashboard.service.js';
import { RollupWorker } from '../dashboard/rollup-worker.js';
import { DatasetService } from '../datasets/dataset.service.js';
import { CalibrationService } from '../evaluators/calibration.service.js';
import { createEvaluators } from '../evaluators/create-evaluators.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import { ExperimentService } from '../experiments/experiment.service.js';
import { AnnotationService } from '../feedback/annotations/annotation.service.js';
import { TrainingService } from '../feedback/training/training.service.js';
import { PromptService } from '../prompts/prompt.service.js';
import { ReplayService } from '../replays/replay.service.js';
import type { Settings } from '../settings/settings-table.js';
import { createPriceOf } from './create-engine-host.js';
import type { Services } from './create-services.js';
import type { HeddleParts } from './parts.js';

/** Makes the services that say how good answers are: datasets, evaluators, experiments, replays, annotation, prompts, training sets, dashboards. */
export function createQuality(settings: Settings, parts: HeddleParts, services: Services, forgetPlans: () => void) {
  const { audit, identity: stores } = parts;
  const { ownership, workflows, deletions, secretAccess } = services;
  const { runs } = services.execution;
  const datasets = new DatasetService({ ...parts, ownership, workflows, runs, deletions });
  const evaluators = createJudging(parts, services);
  const rollups = new RollupWorker(parts);
  return {
    datasets,
    evaluators,
    calibrations: new CalibrationService(parts.calibrations, audit),
    experiments: createExperiments(settings, parts, services, evaluators),
    replays: new ReplayService({ ...parts, ...services, store: parts.replays, runs }),
    annotations: new AnnotationService({ ...parts, ownership, workflows, datasets, runs }),
    training: new TrainingService({ ...parts, shares: parts.channels.store, ownership, workflows }),
    dashboard: new DashboardService({ ...parts, keys: stores.keys, ownership, workflows, worker: rollups }),
    rollups,
    alerts: createAlerts({ ...parts, settings, ownership, workflows, secretAccess }),
    prompts: new PromptService({ ...parts, ownership, deletions, users: stores.users, onChange: forgetPlans }),
  };
}

function createJudging(parts: HeddleParts, services: Services): EvaluatorService {
  const { resources, authorities, grants, publishing, execution, ownership } = services;
  return createEvaluators({
    ...{ audit: parts.audit, clock: parts.clock, resources, authorities, grants },
    ...{ killSwitches: parts.killSwitches, budgets: parts.routing.budgets, calls: parts.routing.calls },
    priceOf: createPriceOf(parts),
    runs: { published: publishing.runs, runs: execution.runs, ownership },
  });
}

function createExperiments(
  settings: Settings,
  parts: HeddleParts,
  services: Services,
  evaluators: EvaluatorService,
): ExperimentService {
  const { ownership, workflows, compile, jobs, execution, publishing } = services;
  return new ExperimentService({
    ...{ ownership, workflows, compile, jobs, runs: execution.runs, published: publishing.workflows },
    store: parts.experiments,
    datasets: parts.datasets,
    evaluators,
    journal: parts.journal,
    identity: parts.identity,
    audit: parts.audit,
    clock: parts.clock,
    maxInputBytes: settings.inputLimit,
  });
}
