import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { BudgetsController } from './budgets.controller.js';
import { PoliciesController } from './policies.controller.js';
import { RoutingService } from './routing.service.js';

/** Policies that choose a model, and budgets. */
@Module({
  controllers: [PoliciesController, BudgetsController],
  providers: [fromHeddle(RoutingService, (heddle) => heddle.routing)],
})
export class RoutingModule {}
