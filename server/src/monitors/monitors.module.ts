import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { MonitorService } from './monitor.service.js';
import { MonitorsController, RunScoresController } from './monitors.controller.js';

/** Monitors of finished runs. */
@Module({
  controllers: [MonitorsController, RunScoresController],
  providers: [fromHeddle(MonitorService, (heddle) => heddle.monitors)],
})
export class MonitorsModule {}
