import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { MergeController } from './merge.controller.js';
import { WORKFLOW_STORE } from './workflow-store-token.js';
import { WorkflowService } from './workflow.service.js';
import { WorkflowsController } from './workflows.controller.js';

/** Drafts of workflows. */
@Module({
  controllers: [WorkflowsController, MergeController],
  providers: [
    fromHeddle(WorkflowService, (heddle) => heddle.workflows),
    fromHeddle(WORKFLOW_STORE, (heddle) => heddle.parts.workflows),
  ],
  exports: [WorkflowService, WORKFLOW_STORE],
})
export class WorkflowsModule {}
