import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { CompileService } from './compile-service.js';

/** The compilation of workflow documents. */
@Module({
  providers: [fromHeddle(CompileService, (heddle) => heddle.compile)],
  exports: [CompileService],
})
export class CompileModule {}
