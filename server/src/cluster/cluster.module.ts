import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ClusterController } from './cluster.controller.js';
import { ClusterService } from './cluster.service.js';

/** The processes on the database. */
@Module({
  controllers: [ClusterController],
  providers: [
    fromHeddle(
      ClusterService,
      ({ settings, queue, audit, parts: { cluster: source, checkQueue } }) =>
        new ClusterService({ settings, queue, audit, source, checkQueue }),
    ),
  ],
  exports: [ClusterService],
})
export class ClusterModule {}
