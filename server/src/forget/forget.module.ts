import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ForgetController } from './forget.controller.js';
import { ForgetService } from './forget.service.js';

/** Erasing what is stored about a person. */
@Module({
  controllers: [ForgetController],
  providers: [fromHeddle(ForgetService, (heddle) => heddle.forgetting)],
})
export class ForgetModule {}
