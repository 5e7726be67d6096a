import { Global, Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ClockController } from './clock.controller.js';
import { ClockService } from './clock.service.js';
import { TrustedClock } from '../common/trusted-clock.js';

/** The trusted time. The module is global, because rights and limits depend on the time. */
@Global()
@Module({
  controllers: [ClockController],
  providers: [fromHeddle(TrustedClock, (heddle) => heddle.clock), fromHeddle(ClockService, (heddle) => heddle.clocks)],
  exports: [TrustedClock],
})
export class ClockModule {}
