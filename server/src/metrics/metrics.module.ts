import { Module } from '@nestjs/common';
import { ClusterModule } from '../cluster/cluster.module.js';
import { HealthModule } from '../health/health.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { LiveModule } from '../live/live.module.js';
import { ModelsModule } from '../models/models.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';

/** Metrics for Prometheus. */
@Module({
  imports: [ClusterModule, HealthModule, JobsModule, LiveModule, ModelsModule, RunsModule, WorkflowsModule],
  controllers: [MetricsController],
  providers: [MetricsService],
})
export class MetricsModule {}
