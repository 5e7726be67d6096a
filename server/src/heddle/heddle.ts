import type { HeddleAudit } from '@heddle/adapters/audit';
import type { NodeCatalog } from '@heddle/core';
import type { AuditContentService } from '../audit/audit-content.service.js';
import type { Auth } from '../auth/create-auth.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { Authorities } from '../authority/authority.js';
import type { GrantService } from '../authority/grant.service.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import type { ClockService } from '../clock/clock.service.js';
import type { ReaderNames } from '../auth/readers/reader-names.js';
import type { PageImages } from '../collections/page-images.js';
import type { CollectionService } from '../collections/collection.service.js';
import type { Log } from '../common/log.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import type { CompileService } from '../compile/compile-service.js';
import type { ConnectionService } from '../connections/connection.service.js';
import { forgettingRows } from '../datasets/forget-rows.js';
import type { IndexGateService } from '../lab/index-gate.service.js';
import type { LabService } from '../lab/lab.service.js';
import type { NegativesService } from '../questions/negatives.service.js';
import type { QuestionService } from '../questions/question.service.js';
import type { GateRules } from '../gates/gate-rules.js';
import type { GateService } from '../gates/gate.service.js';
import type { ReplayService } from '../replays/replay.service.js';
import type { Alerts } from '../alerts/create-alerts.js';
import type { DashboardService } from '../dashboard/dashboard.service.js';
import type { RollupWorker } from '../dashboard/rollup-worker.js';
import type { DatasetService } from '../datasets/dataset.service.js';
import type { CalibrationService } from '../evaluators/calibration.service.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import type { MonitorService } from '../monitors/monitor.service.js';
import type { MonitorWorker } from '../monitors/monitor-worker.js';
import type { ExperimentService } from '../experiments/experiment.service.js';
import type { RouteTrainingService } from '../experiments/route-training/route-training.service.js';
import type { ModelReportService } from '../experiments/model-report.service.js';
import type { AnnotationService } from '../feedback/annotations/annotation.service.js';
import type { TrainingService } from '../feedback/training/training.service.js';
import type { FeedbackService } from '../feedback/feedback.service.js';
import type { PromptService } from '../prompts/prompt.service.js';
import type { ForgetService } from '../forget/forget.service.js';
import type { RetentionService } from '../conversations/retention.service.js';
import type { FactService } from '../conversations/fact.service.js';
import type { ConversationService } from '../conversations/conversation.service.js';
import type { OwnFactService } from '../channels/threads/own-fact.service.js';
import type { ThreadService } from '../channels/threads/thread.service.js';
import type { Building } from '../building/create-building.js';
import type { Channels } from '../channels/create-channels.js';
import type { JobService } from '../jobs/job.service.js';
import type { RunHub } from '../live/run-hub.js';
import type { TopicHub } from '../live/topic-hub.js';
import type { ModelService } from '../models/model.service.js';
import type { NodePackages } from '../nodes/node-packages.js';
import type { Publishing } from '../publishing/create-publishing.js';
import type { RoutingService } from '../routing/routing.service.js';
import type { RunQueue } from '../runs/run-queue.js';
import type { RunService } from '../runs/run.service.js';
import type { SecretService } from '../secrets/secret.service.js';
import type { Settings } from '../settings/settings-table.js';
import type { KillSwitchService } from '../kill-switches/kill-switch.service.js';
import type { RetentionSweeper } from '../storage/retention-sweeper.js';
import type { SourceScheduler } from '../sources/source-scheduler.js';
import type { SourceService } from '../sources/source.service.js';
import type { TemplateService } from '../templates/template.service.js';
import type { ToolService } from '../tools/tool.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { Deletions } from '../deletions/deletions.js';
import { removeDeleted, withoutDeleted } from './without-deleted.js';
import { createAdministration, createDrafting, createRunning, createServing } from './create-services.js';
import { createLifecycle, type Lifecycle } from './lifecycle.js';
import type { HeddleParts } from './parts.js';

/** All services of a Heddle, without HTTP; for the server, commands and tests. */
export interface Heddle extends Auth, Lifecycle {
  readonly settings: Settings;
  readonly parts: HeddleParts;
  readonly clock: TrustedClock;
  readonly log: Log;
  readonly catalog: NodeCatalog;
  readonly nodePackages: NodePackages;
  readonly compile: CompileService;
  readonly workflows: WorkflowService;
  readonly runs: RunService;
  /** The audit log. Services write events with `audit.write(entries, work)`. */
  readonly audit: HeddleAudit;
  readonly auditContent: AuditContentService;
  readonly killSwitches: KillSwitchService;
  readonly queue: RunQueue;
  readonly sweeper: RetentionSweeper;
  /** The wall clock and the trusted time. */
  readonly clocks: ClockService;
  readonly hub: RunHub;
  readonly topics: TopicHub;
  readonly jobs: JobService;
  readonly collections: CollectionService;
  readonly sources: SourceService;
  /** Syncs sources on schedule. */
  readonly sourceScheduler: SourceScheduler;
  /** Draws pages of documents as images. */
  readonly pageImages: PageImages;
  /** The names by which lists of readers can mean a caller. */
  readonly readerNames: ReaderNames;
  readonly connections: ConnectionService;
  readonly conversations: ConversationService;
  readonly facts: FactService;
  readonly retention: RetentionService;
  /** Erases what is stored about a person. */
  readonly forgetting: ForgetService;
  readonly threads: ThreadService;
  /** Facts as their subject sees them. */
  readonly ownFacts: OwnFactService;
  readonly datasets: DatasetService;
  readonly questions: QuestionService;
  readonly negatives: NegativesService;
  readonly labs: LabService;
  readonly indexGates: IndexGateService;
  readonly evaluators: EvaluatorService;
  /** How far judges agree with people. */
  readonly calibrations: CalibrationService;
  readonly experiments: ExperimentService;
  readonly routeTrainings: RouteTrainingService;
  readonly modelReports: ModelReportService;
  readonly replays: ReplayService;
  /** The rules of the gates of projects. */
  readonly gateRules: GateRules;
  /** The rules that a draft must pass before it becomes a version. */
  readonly gates: GateService;
  readonly feedback: FeedbackService;
  readonly annotations: AnnotationService;
  readonly prompts: PromptService;
  readonly training: TrainingService;
  readonly dashboard: DashboardService;
  readonly alerts: Alerts;
  readonly monitors: MonitorService;
  /** Judges finished runs. */
  readonly monitorWorker: MonitorWorker;
  /** Counts runs for dashboards. */
  readonly rollups: RollupWorker;
  readonly secrets: SecretService;
  readonly routing: RoutingService;
  readonly tools: ToolService;
  readonly models: ModelService;
  /** Deletions that can be undone. */
  readonly deletions: Deletions;
  readonly ownership: Ownership;
  /** The grants of each project. */
  readonly grants: ProjectGrants;
  readonly authorities: Authorities;
  readonly grantService: GrantService;
  readonly templates: TemplateService;
  readonly publishing: Publishing;
  /** The drafts and proposals of programs and models. */
  readonly building: Building;
  readonly channels: Channels;
}

/** Creates a Heddle from its parts, in steps; each step uses the results of the earlier ones. */
export function createHeddle(settings: Settings, given: HeddleParts): Heddle {
  const stored = forgettingRows(given);
  const deletions = new Deletions(stored.deletions, stored.tables, stored.audit, stored.clock, stored.log);
  const parts = withoutDeleted(stored, deletions);
  const drafting = createDrafting(settings, parts, stored, deletions);
  removeDeleted(stored, deletions, drafting.originals);
  const running = createRunning(settings, parts, drafting);
  const serving = createServing(settings, parts, drafting, running);
  const administration = createAdministration(settings, parts, { ...drafting, ...running, ...serving });
  const { clock, log, audit, catalog, nodePackages } = parts;
  const { ownership, grants, authorities, hub, topics, compile, workflows, jobs, models, collections } = drafting;
  const { auth, feedback, publishing, channels, conversations, facts, threads, ownFacts, building } = serving;
  const lifecycle = createLifecycle({
    settings,
    parts,
    log,
    ...drafting,
    ...running,
    ...serving,
    ...administration,
  });
  return {
    settings,
    parts,
    clock,
    log,
    audit,
    catalog,
    nodePackages,
    ownership,
    grants,
    authorities,
    hub,
    topics,
    compile,
    workflows,
    jobs,
    models,
    collections,
    pageImages: drafting.pageImages,
    readerNames: drafting.readerNames,
    sources: drafting.sources,
    sourceScheduler: drafting.sourceScheduler,
    runs: running.execution.runs,
    queue: running.execution.queue,
    routing: running.routing,
    ...auth,
    feedback,
    publishing,
    building,
    channels,
    conversations,
    facts,
    threads,
    ownFacts,
    ...administration,
    ...lifecycle,
    deletions,
  };
}
