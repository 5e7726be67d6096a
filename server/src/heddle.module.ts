import {
  Module,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type DynamicModule,
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
        OpenApiSource,
        MetricsService,
        LiveGateway,
      ],
      exports: [HEDDLE, OpenApiSource],
    };
  }
}
