import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { QuestionService } from './question.service.js';
import { QuestionsController } from './questions.controller.js';

/** Questions that a model writes from passages of a collection. */
@Module({
  controllers: [QuestionsController],
  providers: [fromHeddle(QuestionService, (heddle) => heddle.questions)],
})
export class QuestionsModule {}
