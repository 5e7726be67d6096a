import { Module } from '@nestjs/common';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { ScheduleService } from './schedule.service.js';
import { SchedulesController } from './schedules.controller.js';

/** Schedules of published workflows. */
@Module({
  controllers: [SchedulesController],
  providers: [fromHeddle(ScheduleService, (heddle) => heddle.channels.schedules)],
})
export class SchedulesModule {}
