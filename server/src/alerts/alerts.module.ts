import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { AlertChannelsController } from './alert-channels.controller.js';
import { AlertService } from './alert.service.js';
import { AlertsController } from './alerts.controller.js';

/** Alerts on figures of runs. */
@Module({
  controllers: [AlertsController, AlertChannelsController],
  providers: [fromHeddle(AlertService, (heddle) => heddle.alerts.service)],
})
export class AlertsModule {}
