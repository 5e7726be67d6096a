import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { LabService } from './lab.service.js';
import { AllLabsController, IndexComparisonsController, LabsController } from './labs.controller.js';

/** Ways to index and search a collection, measured on labelled questions. */
@Module({
  controllers: [LabsController, AllLabsController, IndexComparisonsController],
  providers: [fromHeddle(LabService, (heddle) => heddle.labs)],
})
export class LabModule {}
