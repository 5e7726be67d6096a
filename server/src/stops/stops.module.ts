import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { STOP_STORE } from './stop-store-token.js';
import { StopService } from './stop.service.js';
import { StopsController } from './stops.controller.js';

/** Emergency stops. */
@Module({
  controllers: [StopsController],
  providers: [
    fromHeddle(StopService, (heddle) => heddle.stops),
    fromHeddle(STOP_STORE, (heddle) => heddle.parts.stops),
  ],
  exports: [STOP_STORE],
})
export class StopsModule {}
