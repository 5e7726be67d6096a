import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ExperimentService } from './experiment.service.js';
import { ModelReportService } from './model-report.service.js';
import { ModelReportsController } from './model-reports.controller.js';
import { ExperimentsController } from './experiments.controller.js';

/** Experiments: variants of workflows compared on the rows of a dataset. */
@Module({
  controllers: [ExperimentsController, ModelReportsController],
  providers: [
    fromHeddle(ExperimentService, (heddle) => heddle.experiments),
    fromHeddle(ModelReportService, (heddle) => heddle.modelReports),
  ],
})
export class ExperimentsModule {}
