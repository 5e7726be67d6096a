import { Module } from '@nestjs/common';
import { CompileModule } from '../../compile/compile.module.js';
import { AuthorityModule } from '../../authority/authority.module.js';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { FilesModule } from '../../files/files.module.js';
import { LiveModule } from '../../live/live.module.js';
import { ModelsModule } from '../../models/models.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { ChannelCallersModule } from '../channel-callers.module.js';
import { CompletionsController } from './completions.controller.js';
import { OpenAiController } from './openai.controller.js';
import { OpenAiService } from './openai.service.js';

/** The OpenAI-compatible routes. */
@Module({
  imports: [
    AuthorityModule,
    ChannelCallersModule,
    ConnectionsModule,
    FilesModule,
    LiveModule,
    ModelsModule,
    RunsModule,
    CompileModule,
  ],
  controllers: [OpenAiController, CompletionsController],
  providers: [OpenAiService],
})
export class OpenAiModule {}
