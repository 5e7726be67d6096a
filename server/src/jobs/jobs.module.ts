import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { JobService } from './job.service.js';
import { JobsController } from './jobs.controller.js';

/** Background jobs, such as downloads and imports. */
@Module({
  controllers: [JobsController],
  providers: [fromHeddle(JobService, (heddle) => heddle.jobs)],
  exports: [JobService],
})
export class JobsModule {}
