import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { DatasetService } from './dataset.service.js';
import { DatasetsController } from './datasets.controller.js';

/** Datasets: rows of inputs and expected answers, in versions. */
@Module({
  imports: [FilesModule],
  controllers: [DatasetsController],
  providers: [fromHeddle(DatasetService, (heddle) => heddle.datasets)],
})
export class DatasetsModule {}
