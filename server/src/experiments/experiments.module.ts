import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ExperimentService } from './experiment.service.js';
import { ExperimentsController } from './experiments.controller.js';

/** Experiments: variants of workflows compared on the rows of a dataset. */
@Module({
  controllers: [ExperimentsController],
  providers: [fromHeddle(ExperimentService, (heddle) => heddle.experiments)],
})
export class ExperimentsModule {}
