import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

/** The health of this Heddle, and its settings. */
@Module({
  controllers: [HealthController],
  providers: [fromHeddle(HealthService, (heddle) => new HealthService(heddle))],
  exports: [HealthService],
})
export class HealthModule {}
