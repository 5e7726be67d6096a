import {
  Module,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type DynamicModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { join } from 'node:path';
import { AccountsController } from './auth/accounts.controller.js';
import { ProjectsController } from './auth/projects.controller.js';
import { ProviderController } from './auth/provider.controller.js';
import { AuthController } from './auth/auth.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { GrantsController } from './authority/grants.controller.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { CachesController } from './caches/caches.controller.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { SecretsController } from './secrets/secrets.controller.js';
import { BudgetsController } from './budgets/budgets.controller.js';
import { CollectionsController } from './collections/collections.controller.js';
import { FilesController } from './files/files.controller.js';
import { HealthController } from './health/health.controller.js';
import { bindPublished } from './doors/bind-published.js';
import { BatchesController } from './doors/batches/batches.controller.js';
import { SchedulesController } from './doors/schedules/schedules.controller.js';
import { HooksController } from './doors/webhooks/hooks.controller.js';
import { WebhooksController } from './doors/webhooks/webhooks.controller.js';
import { ShareAssets } from './doors/share/share-assets.js';
import { SharePageController } from './doors/share/share-page.controller.js';
import { SharesController } from './doors/share/shares.controller.js';
import { VisitorsController } from './doors/share/visitors.controller.js';
import { McpController } from './doors/mcp/mcp.controller.js';
import { PUBLISHED, type Published } from './doors/published.js';
import { OpenAiController } from './doors/openai/openai.controller.js';
import { OpenAiErrorFilter } from './doors/openai/openai-error.filter.js';
import type { Heddle } from './heddle/heddle.js';
import { HEDDLE } from './heddle/token.js';
import { DocsController } from './publishing/docs/docs.controller.js';
import { DocsErrorFilter } from './publishing/docs/docs-error.filter.js';
import { PublishedController } from './publishing/published.controller.js';
import { VersionsController } from './publishing/versions.controller.js';
import { ActInterceptor } from './http/act.interceptor.js';
import { AccessGuard } from './http/access.guard.js';
import { ErrorFilter } from './http/error.filter.js';
import { OpenApiController, OpenApiSource } from './http/openapi.controller.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { editorFolder } from './http/static-editor.js';
import { ClockController } from './clock/clock.controller.js';
import { StopsController } from './stops/stops.controller.js';
import { ToolSignInController } from './tools/tool-sign-in.controller.js';
import { ToolsController } from './tools/tools.controller.js';
import { JobsController } from './jobs/jobs.controller.js';
import { LiveGateway } from './live/live.gateway.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { MetricsService } from './metrics/metrics.service.js';
import { ModelsController } from './models/models.controller.js';
import { NodePackagesController } from './nodes/node-packages.controller.js';
import { NodesController } from './nodes/nodes.controller.js';
import { AsksController } from './runs/asks.controller.js';
import { FeedbackController } from './routing/feedback.controller.js';
import { PoliciesController } from './routing/policies.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { TemplatesController } from './workflows/templates.controller.js';
import { MergeController } from './workflows/merge.controller.js';
import { WorkflowsController } from './workflows/workflows.controller.js';

import { AuditContentService } from './audit/audit-content.service.js';
import { AUDIT } from './audit/audit-token.js';
import { AccountService } from './auth/account.service.js';
import { CallerLimits } from './auth/caller-limits.js';
import { CallerRights } from './auth/caller-rights.js';
import { IDENTITY } from './auth/identity.js';
import { IDENTITY_STORES } from './auth/identity-stores-token.js';
import { KeyService } from './auth/key.service.js';
import { OWNERSHIP } from './auth/ownership.js';
import { ProjectViews } from './auth/project-views.js';
import { ProjectService } from './auth/project.service.js';
import { ProviderService } from './auth/provider.service.js';
import { SessionService } from './auth/session.service.js';
import { UserService } from './auth/user.service.js';
import { GrantService } from './authority/grant.service.js';
import { ProjectGrants } from './authority/project-grants.js';
import { CACHES } from './caches/caches-token.js';
import { ClockService } from './clock/clock.service.js';
import { TrustedClock } from './clock/trusted-clock.js';
import { CollectionService } from './collections/collection.service.js';
import { ConnectionService } from './connections/connection.service.js';
import { CONVERSATION_STORE } from './conversations/conversation-store-token.js';
import { ConversationService } from './conversations/conversation.service.js';
import { BatchService } from './doors/batches/batch.service.js';
import { DoorCallers } from './doors/door-callers.js';
import { BATCH_STORE, DOOR_STORE } from './doors/door-tokens.js';
import { OpenAiService } from './doors/openai/openai.service.js';
import { ScheduleService } from './doors/schedules/schedule.service.js';
import { ShareEntry } from './doors/share/share-entry.js';
import { ShareService } from './doors/share/share.service.js';
import { SharedRuns } from './doors/share/shared-runs.js';
import { HookService } from './doors/webhooks/hook.service.js';
import { WebhookService } from './doors/webhooks/webhook.service.js';
import { BLOBS, UPLOAD_FOLDER } from './files/file-tokens.js';
import { HealthService } from './health/health.service.js';
import { CompileService } from './heddle/compile-service.js';
import { fromHeddle } from './heddle/from-heddle.js';
import { LOG } from './heddle/log.js';
import { ReplySignals } from './http/reply-signals.js';
import { JobService } from './jobs/job.service.js';
import { RunHub } from './live/run-hub.js';
import { SocketRights } from './live/socket-rights.js';
import { TopicHub } from './live/topic-hub.js';
import { MODEL_HUB } from './models/model-hub-token.js';
import { ModelService } from './models/model.service.js';
import { NODE_CATALOG } from './nodes/node-catalog-token.js';
import { NodePackages } from './nodes/node-packages.js';
import { PublishedRuns } from './publishing/published-runs.js';
import { PublishedWorkflows } from './publishing/published-workflows.js';
import { PublishingService } from './publishing/publishing.service.js';
import { RoutingService } from './routing/routing.service.js';
import { RunRemoval } from './runs/run-removal.js';
import { RunService } from './runs/run.service.js';
import { SecretService } from './secrets/secret.service.js';
import { SETTINGS } from './settings/settings-token.js';
import { STOP_STORE } from './stops/stop-store-token.js';
import { StopService } from './stops/stop.service.js';
import { STORAGE } from './storage/storage.js';
import { ToolService } from './tools/tool.service.js';
import { TemplateService } from './workflows/template.service.js';
import { WORKFLOW_STORE } from './workflows/workflow-store-token.js';
import { WorkflowService } from './workflows/workflow.service.js';

/** What the module is given. */
export interface HeddleModuleOptions {
  /** The Heddle to serve; the host application opens and closes it. */
  readonly heddle: Heddle;
  /** What is published; its doors are `/v1/chat/completions` and the like. */
  readonly published?: Published;
  /** Where the built editor is, with the files of the share page; default: what `npm run build` leaves. */
  readonly editor?: string;
}

/** Every controller of Heddle, each with its whole path. */
export const controllers: readonly Type[] = [
  HealthController,
  MetricsController,
  AuthController,
  ProviderController,
  AccountsController,
  GrantsController,
  ProjectsController,
  NodesController,
  NodePackagesController,
  WorkflowsController,
  MergeController,
  TemplatesController,
  RunsController,
  AsksController,
  ConversationsController,
  CachesController,
  FilesController,
  CollectionsController,
  ConnectionsController,
  SecretsController,
  PoliciesController,
  BudgetsController,
  ToolsController,
  ToolSignInController,
  FeedbackController,
  ModelsController,
  JobsController,
  VersionsController,
  PublishedController,
  DocsController,
  HooksController,
  WebhooksController,
  SchedulesController,
  BatchesController,
  SharesController,
  VisitorsController,
  SharePageController,
  AuditController,
  StopsController,
  ClockController,
  OpenApiController,
  OpenAiController,
  McpController,
];

// Bound to our own faces, not to the application: routes of a host application keep its guards, pipes and errors.
const ownFilters = new Map<Type, Type>([
  [OpenAiController, OpenAiErrorFilter],
  [DocsController, DocsErrorFilter],
]);
for (const face of [...controllers, LiveGateway]) {
  UseGuards(AccessGuard)(face);
  UseFilters(ownFilters.get(face) ?? ErrorFilter)(face);
}
for (const controller of controllers) {
  UsePipes(SchemaPipe)(controller);
  UseInterceptors(ActInterceptor)(controller);
}

/** The services and ports that controllers, guards and filters ask for. */
const services: readonly Provider[] = [
  fromHeddle(RunService, (heddle) => heddle.runs),
  fromHeddle(WorkflowService, (heddle) => heddle.workflows),
  fromHeddle(CompileService, (heddle) => heddle.compile),
  fromHeddle(AUDIT, (heddle) => heddle.audit),
  fromHeddle(AuditContentService, (heddle) => heddle.auditContent),
  fromHeddle(StopService, (heddle) => heddle.stops),
  fromHeddle(ClockService, (heddle) => heddle.clocks),
  fromHeddle(TrustedClock, (heddle) => heddle.clock),
  fromHeddle(LOG, (heddle) => heddle.log),
  fromHeddle(RunHub, (heddle) => heddle.hub),
  fromHeddle(TopicHub, (heddle) => heddle.topics),
  fromHeddle(JobService, (heddle) => heddle.jobs),
  fromHeddle(CollectionService, (heddle) => heddle.collections),
  fromHeddle(ConnectionService, (heddle) => heddle.connections),
  fromHeddle(ConversationService, (heddle) => heddle.conversations),
  fromHeddle(SecretService, (heddle) => heddle.secrets),
  fromHeddle(RoutingService, (heddle) => heddle.routing),
  fromHeddle(ToolService, (heddle) => heddle.tools),
  fromHeddle(ModelService, (heddle) => heddle.models),
  fromHeddle(IDENTITY, (heddle) => heddle.identity),
  fromHeddle(CallerRights, (heddle) => heddle.rights),
  fromHeddle(AccountService, (heddle) => heddle.accounts),
  fromHeddle(UserService, (heddle) => heddle.users),
  fromHeddle(SessionService, (heddle) => heddle.sessions),
  fromHeddle(KeyService, (heddle) => heddle.keys),
  fromHeddle(ProjectService, (heddle) => heddle.projects),
  fromHeddle(OWNERSHIP, (heddle) => heddle.ownership),
  fromHeddle(ProjectGrants, (heddle) => heddle.grants),
  fromHeddle(GrantService, (heddle) => heddle.grantService),
  fromHeddle(TemplateService, (heddle) => heddle.templates),
  fromHeddle(NodePackages, (heddle) => heddle.nodePackages),
  fromHeddle(NODE_CATALOG, (heddle) => heddle.catalog),
  fromHeddle(SETTINGS, (heddle) => heddle.settings),
  fromHeddle(PublishingService, (heddle) => heddle.publishing.versions),
  fromHeddle(PublishedRuns, (heddle) => heddle.publishing.runs),
  fromHeddle(PublishedWorkflows, (heddle) => heddle.publishing.workflows),
  fromHeddle(HookService, (heddle) => heddle.doors.hooks),
  fromHeddle(WebhookService, (heddle) => heddle.doors.webhooks),
  fromHeddle(ScheduleService, (heddle) => heddle.doors.schedules),
  fromHeddle(BatchService, (heddle) => heddle.doors.batches),
  fromHeddle(ShareService, (heddle) => heddle.doors.shares),
  fromHeddle(ShareEntry, (heddle) => heddle.doors.shareEntry),
  fromHeddle(SharedRuns, (heddle) => heddle.doors.sharedRuns),
  fromHeddle(DOOR_STORE, (heddle) => heddle.parts.doors.store),
  fromHeddle(BATCH_STORE, (heddle) => heddle.parts.doors.batches),
  fromHeddle(IDENTITY_STORES, (heddle) => heddle.parts.identity),
  fromHeddle(CACHES, (heddle) => heddle.parts.routing.caches),
  fromHeddle(UPLOAD_FOLDER, (heddle) => heddle.parts.temporaryFolder),
  fromHeddle(BLOBS, (heddle) => heddle.parts.blobs),
  fromHeddle(STOP_STORE, (heddle) => heddle.parts.stops),
  fromHeddle(MODEL_HUB, (heddle) => heddle.parts.models),
  fromHeddle(STORAGE, (heddle) => heddle.parts.storage),
  fromHeddle(WORKFLOW_STORE, (heddle) => heddle.parts.workflows),
  fromHeddle(CONVERSATION_STORE, (heddle) => heddle.parts.conversations),
  fromHeddle(ProviderService, (heddle) => heddle.provider),
  fromHeddle(HealthService, (heddle) => new HealthService(heddle)),
  ProjectViews,
  CallerLimits,
  ReplySignals,
  RunRemoval,
  DoorCallers,
  OpenAiService,
  SocketRights,
];

/**
 * Heddle as a Nest module, for its own server and for teams that host it inside theirs (on Fastify, with
 * `receiveMultipart` called and `rawBody: true`; the host application checks Host and Origin).
 *
 * @example @Module({ imports: [HeddleModule.forRoot({ heddle: await openHeddle(readSettings(process.env), { kind: 'server' }) })] })
 */
@Module({})
export class HeddleModule {
  static forRoot({
    heddle,
    published = bindPublished(heddle.publishing),
    editor = editorFolder,
  }: HeddleModuleOptions): DynamicModule {
    return {
      module: HeddleModule,
      controllers: [...controllers],
      providers: [
        { provide: HEDDLE, useValue: heddle },
        { provide: PUBLISHED, useValue: published },
        { provide: ShareAssets, useValue: new ShareAssets(join(editor, 'share')) },
        ...services,
        OpenApiSource,
        MetricsService,
        LiveGateway,
      ],
      exports: [HEDDLE, OpenApiSource],
    };
  }
}
