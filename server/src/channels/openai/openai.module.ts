import { Module } from '@nestjs/common';
import { CompileModule } from '../../compile/compile.module.js';
import { AuthorityModule } from '../../authority/authority.module.js';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { FilesModule } from '../../files/files.module.js';
import { LiveModule } from '../../live/live.module.js';
import { ModelsModule } from '../../models/models.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { usesThread } from '../../runs/start/uses-thread.js';
import { ThreadsModule } from '../threads/threads.module.js';
import { ChannelCallersModule } from '../channel-callers.module.js';
import { CompletionsController } from './completions.controller.js';
import { ModerationsController } from './moderations.controller.js';
import { OpenAiController } from './openai.controller.js';
import { OpenAiService } from './openai.service.js';
import { OpenCalls } from './open-call.js';
import { ResponsesController } from './responses/responses.controller.js';
import { ResponseService } from './responses/responses.service.js';
import { StoredResponses } from './responses/stored-responses.js';
import { USES_THREAD, type UsesThread } from './responses/uses-thread-token.js';

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
    ThreadsModule,
  ],
  controllers: [OpenAiController, CompletionsController, ResponsesController, ModerationsController],
  providers: [
    OpenAiService,
    OpenCalls,
    ResponseService,
    StoredResponses,
    fromHeddle(
      USES_THREAD,
      ({ catalog }): UsesThread =>
        (bundle) =>
          usesThread(bundle, catalog),
    ),
  ],
})
export class OpenAiModule {}
