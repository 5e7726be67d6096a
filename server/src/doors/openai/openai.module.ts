import { Module } from '@nestjs/common';
import { AuthorityModule } from '../../authority/authority.module.js';
import { FilesModule } from '../../files/files.module.js';
import { HttpModule } from '../../http/http.module.js';
import { LiveModule } from '../../live/live.module.js';
import { ModelsModule } from '../../models/models.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { WorkflowsModule } from '../../workflows/workflows.module.js';
import { DoorCallersModule } from '../door-callers.module.js';
import { OpenAiController } from './openai.controller.js';
import { OpenAiService } from './openai.service.js';

/** The routes that clients of OpenAI call. */
@Module({
  imports: [
    AuthorityModule,
    DoorCallersModule,
    FilesModule,
    HttpModule,
    LiveModule,
    ModelsModule,
    RunsModule,
    WorkflowsModule,
  ],
  controllers: [OpenAiController],
  providers: [OpenAiService],
})
export class OpenAiModule {}
