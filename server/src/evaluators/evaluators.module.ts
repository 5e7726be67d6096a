import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { CalibrationService } from './calibration.service.js';
import { EvaluatorService } from './evaluator.service.js';
import { EvaluatorsController } from './evaluators.controller.js';
import { SubjectService } from './subject.service.js';

/** Evaluators, which judge the answers of runs. */
@Module({
  controllers: [EvaluatorsController],
  providers: [
    fromHeddle(EvaluatorService, (heddle) => heddle.evaluators),
    fromHeddle(CalibrationService, (heddle) => heddle.calibrations),
    fromHeddle(SubjectService, ({ parts }) => new SubjectService(parts.journal)),
  ],
  exports: [EvaluatorService, CalibrationService],
})
export class EvaluatorsModule {}
