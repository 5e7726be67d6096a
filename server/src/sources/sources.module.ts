import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { SourceService } from './source.service.js';
import { SourceKindsController, SourcesController } from './sources.controller.js';

/** Sources that keep collections in sync. */
@Module({
  controllers: [SourcesController, SourceKindsController],
  providers: [fromHeddle(SourceService, (heddle) => heddle.sources)],
})
export class SourcesModule {}
