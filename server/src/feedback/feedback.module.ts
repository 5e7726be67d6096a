import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { FeedbackController, PublishedFeedbackController } from './feedback.controller.js';
import { FeedbackService } from './feedback.service.js';

/** What people say about runs. */
@Module({
  controllers: [FeedbackController, PublishedFeedbackController],
  providers: [fromHeddle(FeedbackService, (heddle) => heddle.feedback)],
})
export class FeedbackModule {}
