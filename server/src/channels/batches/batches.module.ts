import { Module } from '@nestjs/common';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { PublishingModule } from '../../publishing/publishing.module.js';
import { WorkflowsModule } from '../../workflows/workflows.module.js';
import { ChannelStoresModule } from '../../channel-stores/channel-stores.module.js';
import { BatchService } from './batch.service.js';
import { BatchesController } from './batches.controller.js';

/** Batches: runs over many rows. */
@Module({
  imports: [ChannelStoresModule, PublishingModule, WorkflowsModule],
  controllers: [BatchesController],
  providers: [fromHeddle(BatchService, (heddle) => heddle.channels.batches)],
  exports: [BatchService],
})
export class BatchesModule {}
