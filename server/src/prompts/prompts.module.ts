import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { PromptService } from './prompt.service.js';
import { PromptsController } from './prompts.controller.js';

/** The library of prompts. */
@Module({
  controllers: [PromptsController],
  providers: [fromHeddle(PromptService, (heddle) => heddle.prompts)],
})
export class PromptsModule {}
