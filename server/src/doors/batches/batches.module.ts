import { Module } from '@nestjs/common';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { PublishingModule } from '../../publishing/publishing.module.js';
import { WorkflowsModule } from '../../workflows/workflows.module.js';
import { DoorStoresModule } from '../../door-stores/door-stores.module.js';
import { BatchService } from './batch.service.js';
import { BatchesController } from './batches.controller.js';

/** Runs over many rows. */
@Module({
  imports: [DoorStoresModule, PublishingModule, WorkflowsModule],
  controllers: [BatchesController],
  providers: [fromHeddle(BatchService, (heddle) => heddle.doors.batches)],
  exports: [BatchService],
})
export class BatchesModule {}
