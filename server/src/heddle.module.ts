import { UseFilters, UseGuards, UsePipes, Module, type DynamicModule, type Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { AuthorityModule } from './authority/authority.module.js';
import { BuildingModule } from './building/building.module.js';
import { CachesModule } from './caches/caches.module.js';
import { ClockModule } from './clock/clock.module.js';
import { ClusterModule } from './cluster/cluster.module.js';
import { SourcesModule } from './sources/sources.module.js';
import { CollectionsModule } from './collections/collections.module.js';
import { CompileModule } from './compile/compile.module.js';
import { ConnectionsModule } from './connections/connections.module.js';
import { ConversationsModule } from './conversations/conversations.module.js';
import { ForgetModule } from './forget/forget.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { DatasetsModule } from './datasets/datasets.module.js';
import { ExperimentsModule } from './experiments/experiments.module.js';
import { FeedbackModule } from './feedback/feedback.module.js';
import { MonitorsModule } from './monitors/monitors.module.js';
import { PromptsModule } from './prompts/prompts.module.js';
import { EvaluatorsModule } from './evaluators/evaluators.module.js';
import { BatchesModule } from './channels/batches/batches.module.js';
import { bindPublished } from './channels/bind-published.js';
import { ChannelCallersModule } from './channels/channel-callers.module.js';
import { ChannelStoresModule } from './channel-stores/channel-stores.module.js';
import { McpModule } from './channels/mcp/mcp.module.js';
import { OpenAiErrorFilter } from './channels/openai/openai-error.filter.js';
import { CompletionsController } from './channels/openai/completions.controller.js';
import { OpenAiController } from './channels/openai/openai.controller.js';
import { A2aModule } from './channels/a2a/a2a.module.js';
import { AgUiModule } from './channels/ag-ui/ag-ui.module.js';
import { OpenAiModule } from './channels/openai/openai.module.js';
import type { Published } from './channels/published.js';
import { SchedulesModule } from './channels/schedules/schedules.module.js';
import { ShareModule } from './channels/share/share.module.js';
import { ThreadsModule } from './channels/threads/threads.module.js';
import { WebhooksModule } from './channels/webhooks/webhooks.module.js';
import { FilesModule } from './files/files.module.js';
import { HealthModule } from './health/health.module.js';
import type { Heddle } from './heddle/heddle.js';
import { HostModule } from './heddle/host.module.js';
import { AccessGuard } from './app/access.guard.js';
import { ErrorFilter } from './app/error.filter.js';
import { OpenApiModule } from './app/openapi.module.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { editorFolder } from './http/static-editor.js';
import { JobsModule } from './jobs/jobs.module.js';
import { SocketModule } from './socket/socket.module.js';
import { LiveGateway } from './socket/live.gateway.js';
import { LiveModule } from './live/live.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { ModelsModule } from './models/models.module.js';
import { NodesModule } from './nodes/nodes.module.js';
import { DocsErrorFilter } from './publishing/docs/docs-error.filter.js';
import { DocsController } from './publishing/docs/docs.controller.js';
import { ProjectsModule } from './projects/projects.module.js';
import { PublishingModule } from './publishing/publishing.module.js';
import { LabModule } from './lab/lab.module.js';
import { QuestionsModule } from './questions/questions.module.js';
import { GatesModule } from './gates/gates.module.js';
import { ReplaysModule } from './replays/replays.module.js';
import { RoutingModule } from './routing/routing.module.js';
import { RunsModule } from './runs/runs.module.js';
import { SecretsModule } from './secrets/secrets.module.js';
import { KillSwitchesModule } from './kill-switches/kill-switches.module.js';
import { StorageModule } from './storage/storage.module.js';
import { TemplatesModule } from './templates/templates.module.js';
import { ToolsModule } from './tools/tools.module.js';
import { WorkflowsModule } from './workflows/workflows.module.js';

interface HeddleModuleOptions {
  /** The Heddle to serve; the host application opens and closes it. */
  readonly heddle: Heddle;
  /** The published workflows, for channels such as `/v1/chat/completions`. */
  readonly published?: Published;
  /** The folder of the built editor, which also contains the share page. Default: the output of `npm run build`. */
  readonly editor?: string;
}

const features: readonly Type[] = [
  A2aModule,
  AgUiModule,
  AlertsModule,
  AuditModule,
  AuthModule,
  AuthorityModule,
  BatchesModule,
  BuildingModule,
  CachesModule,
  ClockModule,
  ClusterModule,
  CollectionsModule,
  SourcesModule,
  CompileModule,
  ConnectionsModule,
  ConversationsModule,
  ForgetModule,
  DashboardModule,
  DatasetsModule,
  ExperimentsModule,
  PromptsModule,
  EvaluatorsModule,
  ChannelCallersModule,
  ChannelStoresModule,
  FeedbackModule,
  MonitorsModule,
  FilesModule,
  HealthModule,
  OpenApiModule,
  JobsModule,
  SocketModule,
  LiveModule,
  McpModule,
  MetricsModule,
  ModelsModule,
  NodesModule,
  OpenAiModule,
  ProjectsModule,
  QuestionsModule,
  LabModule,
  ReplaysModule,
  GatesModule,
  PublishingModule,
  RoutingModule,
  RunsModule,
  SchedulesModule,
  SecretsModule,
  ShareModule,
  KillSwitchesModule,
  StorageModule,
  TemplatesModule,
  ThreadsModule,
  ToolsModule,
  WebhooksModule,
  WorkflowsModule,
];

/** Every controller of Heddle, each with its full path. */
export const controllers: readonly Type[] = features.flatMap(
  (feature) => (Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, feature) as readonly Type[] | undefined) ?? [], // The decorator `Module` sets this metadata.
);

// Bound to these classes and not to the application, so that the routes of a host application keep their own guards, pipes and filters.
const ownFilters = new Map<Type, Type>([
  [OpenAiController, OpenAiErrorFilter],
  [CompletionsController, OpenAiErrorFilter],
  [DocsController, DocsErrorFilter],
]);
for (const entry of [...controllers, LiveGateway]) {
  UseGuards(AccessGuard)(entry);
  UseFilters(ownFilters.get(entry) ?? ErrorFilter)(entry);
}
for (const controller of controllers) UsePipes(SchemaPipe)(controller);

/**
 * Heddle as a Nest module, for its own server and for host applications. A host application must run on Fastify, call `receiveMultipart`,
 * set `rawBody: true`, and check Host and Origin itself.
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
    const host = HostModule.forRoot({ heddle, published, editor });
    return {
      module: HeddleModule,
      imports: [host, ...features],
      exports: [host, OpenApiModule],
    };
  }
}
