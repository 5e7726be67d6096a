import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { KILL_SWITCH_STORE } from './kill-switch-store-token.js';
import { KillSwitchService } from './kill-switch.service.js';
import { KillSwitchesController } from './kill-switches.controller.js';

/** Kill switches. */
@Module({
  controllers: [KillSwitchesController],
  providers: [
    fromHeddle(KillSwitchService, (heddle) => heddle.killSwitches),
    fromHeddle(KILL_SWITCH_STORE, (heddle) => heddle.parts.killSwitches),
  ],
  exports: [KillSwitchService, KILL_SWITCH_STORE],
})
export class KillSwitchesModule {}
