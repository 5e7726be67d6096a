import { Module } from '@nestjs/common';
import { CompileService } from '../heddle/compile-service.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { MergeController } from './merge.controller.js';
import { TemplateService } from './template.service.js';
import { TemplatesController } from './templates.controller.js';
import { WORKFLOW_STORE } from './workflow-store-token.js';
import { WorkflowService } from './workflow.service.js';
import { WorkflowsController } from './workflows.controller.js';

/** Drafts of workflows, their compilation, and templates. */
@Module({
  controllers: [WorkflowsController, MergeController, TemplatesController],
  providers: [
    fromHeddle(WorkflowService, (heddle) => heddle.workflows),
    fromHeddle(TemplateService, (heddle) => heddle.templates),
    fromHeddle(CompileService, (heddle) => heddle.compile),
    fromHeddle(WORKFLOW_STORE, (heddle) => heddle.parts.workflows),
  ],
  exports: [WorkflowService, CompileService, WORKFLOW_STORE],
})
export class WorkflowsModule {}
