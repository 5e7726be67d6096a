import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { FeedbackController } from './feedback.controller.js';
import { PoliciesController } from './policies.controller.js';
import { RoutingService } from './routing.service.js';

/** Policies that choose a model, and feedback on runs. */
@Module({
  controllers: [PoliciesController, FeedbackController],
  providers: [fromHeddle(RoutingService, (heddle) => heddle.routing)],
  exports: [RoutingService],
})
export class RoutingModule {}
