import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { DashboardController } from './dashboard.controller.js';
import { DashboardService } from './dashboard.service.js';

/** Figures of runs over time. */
@Module({
  controllers: [DashboardController],
  providers: [fromHeddle(DashboardService, (heddle) => heddle.dashboard)],
})
export class DashboardModule {}
