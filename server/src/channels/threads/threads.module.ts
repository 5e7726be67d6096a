import { Module } from '@nestjs/common';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { ThreadService } from './thread.service.js';
import { OwnFactService } from './own-fact.service.js';
import { OwnFactsController } from './own-facts.controller.js';
import { ThreadsController } from './threads.controller.js';

/** The threads of callers. */
@Module({
  controllers: [ThreadsController, OwnFactsController],
  providers: [
    fromHeddle(ThreadService, (heddle) => heddle.threads),
    fromHeddle(OwnFactService, (heddle) => heddle.ownFacts),
  ],
  exports: [ThreadService],
})
export class ThreadsModule {}
