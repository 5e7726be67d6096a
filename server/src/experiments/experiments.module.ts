import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ExperimentService } from './experiment.service.js';
import { ModelReportService } from './model-report.service.js';
import { ModelReportsController } from './model-reports.controller.js';
import { ExperimentsController } from './experiments.controller.js';
import { RouteTrainingService } from './route-training/route-training.service.js';
import { RouteTrainingsController } from './route-training/route-trainings.controller.js';

/** Experiments, which compare variants of workflows on the rows of a dataset. */
@Module({
  controllers: [ExperimentsController, RouteTrainingsController, ModelReportsController],
  providers: [
    fromHeddle(ExperimentService, (heddle) => heddle.experiments),
    fromHeddle(RouteTrainingService, (heddle) => heddle.routeTrainings),
    fromHeddle(ModelReportService, (heddle) => heddle.modelReports),
  ],
})
export class ExperimentsModule {}
