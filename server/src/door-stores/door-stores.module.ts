import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { BATCH_STORE, DOOR_STORE } from './door-tokens.js';

/** What is stored of webhooks, schedules, share links and batches. */
@Module({
  providers: [
    fromHeddle(DOOR_STORE, (heddle) => heddle.parts.doors.store),
    fromHeddle(BATCH_STORE, (heddle) => heddle.parts.doors.batches),
  ],
  exports: [DOOR_STORE, BATCH_STORE],
})
export class DoorStoresModule {}
