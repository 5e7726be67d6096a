import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { ClientsController } from './clients/clients.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { AbController } from './ab/ab.controller.js';
import { AbService } from './ab/ab.service.js';
import { PublishedRuns } from './runs/published-runs.js';
import { PublishedWorkflows } from './published-workflows.js';
import { PublishedController } from './published.controller.js';
import { PublishingService } from './publishing.service.js';
import { VersionsController } from './versions.controller.js';

/** Versions of workflows, and the routes under `/v1` that run them. */
@Module({
  imports: [FilesModule, WorkflowsModule],
  controllers: [VersionsController, AbController, PublishedController, DocsController, ClientsController],
  providers: [
    fromHeddle(PublishingService, (heddle) => heddle.publishing.versions),
    fromHeddle(AbService, (heddle) => heddle.publishing.ab),
    fromHeddle(PublishedRuns, (heddle) => heddle.publishing.runs),
    fromHeddle(PublishedWorkflows, (heddle) => heddle.publishing.workflows),
  ],
  exports: [PublishedRuns, PublishedWorkflows],
})
export class PublishingModule {}
