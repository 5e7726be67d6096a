import { Module } from '@nestjs/common';
import { BatchesModule } from '../channels/batches/batches.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { KillSwitchesModule } from '../kill-switches/kill-switches.module.js';
import { ModelsModule } from '../models/models.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { LiveGateway } from './live.gateway.js';
import { LiveModule } from '../live/live.module.js';
import { SocketRights } from './socket-rights.js';

/** The `/live` socket. */
@Module({
  imports: [BatchesModule, JobsModule, KillSwitchesModule, LiveModule, ModelsModule, RunsModule, WorkflowsModule],
  providers: [LiveGateway, SocketRights],
})
export class SocketModule {}
