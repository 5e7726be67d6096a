import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { AnnotationQueuesController } from './annotations/annotation-queues.controller.js';
import { AnnotationService } from './annotations/annotation.service.js';
import { TrainingController } from './training/training.controller.js';
import { TrainingService } from './training/training.service.js';
import { FeedbackController, PublishedFeedbackController } from './feedback.controller.js';
import { FeedbackService } from './feedback.service.js';

/** Feedback on runs, and queues of runs that people annotate. */
@Module({
  controllers: [FeedbackController, PublishedFeedbackController, AnnotationQueuesController, TrainingController],
  providers: [
    fromHeddle(FeedbackService, (heddle) => heddle.feedback),
    fromHeddle(AnnotationService, (heddle) => heddle.annotations),
    fromHeddle(TrainingService, (heddle) => heddle.training),
  ],
})
export class FeedbackModule {}
