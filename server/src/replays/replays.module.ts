import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ReplayService } from './replay.service.js';
import { ReplaysController } from './replays.controller.js';

/** Replays of recorded runs on a draft, without effects. */
@Module({
  controllers: [ReplaysController],
  providers: [fromHeddle(ReplayService, (heddle) => heddle.replays)],
})
export class ReplaysModule {}
