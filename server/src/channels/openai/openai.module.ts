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
import { ChannelStoresModule } from '../../channel-stores/channel-stores.module.js';
import { PublishingModule } from '../../publishing/publishing.module.js';
import { BatchesModule } from '../batches/batches.module.js';
import { CompletionsController } from './completions.controller.js';
import { OpenAiBatchesController } from './files/openai-batches.controller.js';
import { OpenAiBatchService } from './files/openai-batches.service.js';
import { OpenAiFilesController } from './files/openai-files.controller.js';
import { OpenAiFileService } from './files/openai-files.service.js';
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
    BatchesModule,
    ChannelStoresModule,
    PublishingModule,
    ChannelCallersModule,
    ConnectionsModule,
    FilesModule,
    LiveModule,
    ModelsModule,
    RunsModule,
    CompileModule,
    ThreadsModule,
  ],
  controllers: [
    OpenAiController,
    CompletionsController,
    ResponsesController,
    ModerationsController,
    OpenAiFilesController,
    OpenAiBatchesController,
  ],
  providers: [
    OpenAiService,
    OpenCalls,
    ResponseService,
    StoredResponses,
    OpenAiFileService,
    OpenAiBatchService,
    fromHeddle(
      USES_THREAD,
      ({ catalog }): UsesThread =>
        (bundle) =>
          usesThread(bundle, catalog),
    ),
  ],
})
export class OpenAiModule {}
