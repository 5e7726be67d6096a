import { Module } from '@nestjs/common';
import { RoutingModule } from '../routing/routing.module.js';
import { BudgetsController } from './budgets.controller.js';

/** Budgets, and what calls of models cost. */
@Module({
  imports: [RoutingModule],
  controllers: [BudgetsController],
})
export class BudgetsModule {}
