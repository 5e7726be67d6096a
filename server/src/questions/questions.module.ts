import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { NegativesService } from './negatives.service.js';
import { QuestionService } from './question.service.js';
import { QuestionsController } from './questions.controller.js';

/** Questions that a model writes from passages of a collection, and hard negatives that a search finds for questions. */
@Module({
  controllers: [QuestionsController],
  providers: [
    fromHeddle(QuestionService, (heddle) => heddle.questions),
    fromHeddle(NegativesService, (heddle) => heddle.negatives),
  ],
})
export class QuestionsModule {}
