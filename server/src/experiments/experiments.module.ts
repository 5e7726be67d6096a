import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ExperimentService } from './experiment.service.js';
import { ExperimentsController } from './experiments.controller.js';
import { RouteTrainingService } from './route-training/route-training.service.js';
import { RouteTrainingsController } from './route-training/route-trainings.controller.js';

/** Experiments: variants of workflows compared on the rows of a dataset. */
@Module({
  controllers: [ExperimentsController, RouteTrainingsController],
  providers: [
    fromHeddle(ExperimentService, (heddle) => heddle.experiments),
    fromHeddle(RouteTrainingService, (heddle) => heddle.routeTrainings),
  ],
})
export class ExperimentsModule {}
