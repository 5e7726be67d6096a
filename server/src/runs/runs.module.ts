import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CompileModule } from '../compile/compile.module.js';
import { Deletions } from '../deletions/deletions.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { LiveModule } from '../live/live.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { HumanInputsController } from './human-inputs.controller.js';
import { RunRemoval } from './state/run-removal.js';
import { RunService } from './run.service.js';
import { EXCERPTS, FEEDBACK } from './list-tokens.js';
import { RunExcerptsController } from './run-excerpts.controller.js';
import { RunsController } from './runs.controller.js';

/** Runs, and their requests for human input. */
@Module({
  imports: [AuditModule, CompileModule, LiveModule, StorageModule, WorkflowsModule],
  controllers: [RunsController, HumanInputsController, RunExcerptsController],
  providers: [
    fromHeddle(RunService, (heddle) => heddle.runs),
    fromHeddle(EXCERPTS, (heddle) => heddle.parts.excerpts),
    fromHeddle(FEEDBACK, (heddle) => heddle.parts.feedback),
    fromHeddle(Deletions, (heddle) => heddle.deletions),
    RunRemoval,
  ],
  exports: [RunService, RunRemoval],
})
export class RunsModule {}
