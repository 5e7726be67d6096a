import { Module } from '@nestjs/common';
import { join } from 'node:path';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { EDITOR_FOLDER } from '../../heddle/host.module.js';
import { ShareAssets } from './share-assets.js';
import { ShareEntry } from './share-entry.js';
import { SharePageController } from './share-page.controller.js';
import { ShareService } from './share.service.js';
import { SharedRuns } from './shared-runs.js';
import { SharesController } from './shares.controller.js';
import { ThreadsModule } from '../threads/threads.module.js';
import { SharedThreadsController } from './shared-threads.controller.js';
import { SharedFilesController } from './shared-files.controller.js';

/** Share links of published workflows. */
@Module({
  imports: [ThreadsModule],
  controllers: [SharesController, SharedFilesController, SharedThreadsController, SharePageController],
  providers: [
    fromHeddle(ShareService, (heddle) => heddle.channels.shares),
    fromHeddle(ShareEntry, (heddle) => heddle.channels.shareEntry),
    fromHeddle(SharedRuns, (heddle) => heddle.channels.sharedRuns),
    {
      provide: ShareAssets,
      inject: [EDITOR_FOLDER],
      useFactory: (editor: string) => new ShareAssets(join(editor, 'share')),
    },
  ],
})
export class ShareModule {}
