import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ForgetController } from './forget.controller.js';
import { ForgetService } from './forget.service.js';

/** Forgetting of people. */
@Module({
  controllers: [ForgetController],
  providers: [fromHeddle(ForgetService, (heddle) => heddle.forgetting)],
})
export class ForgetModule {}
