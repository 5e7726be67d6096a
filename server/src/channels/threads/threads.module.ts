import { Module } from '@nestjs/common';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { ThreadService } from './thread.service.js';
import { ThreadsController } from './threads.controller.js';

/** The threads of callers. */
@Module({
  controllers: [ThreadsController],
  providers: [fromHeddle(ThreadService, (heddle) => heddle.threads)],
  exports: [ThreadService],
})
export class ThreadsModule {}
