import {
  TrainingConsentReply,
  TrainingConsentRequest,
  TrainingSetReply,
  TrainingSetRequest,
  type AuditActor,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Actor, Caller } from '../../auth/caller.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { TrainingService } from './training.service.js';

const target = { kind: 'workflow', param: 'id' } as const;

/** Training sets of a workflow, and the consent of its callers. */
@Controller('api/workflows/:id')
export class TrainingController {
  constructor(private readonly training: TrainingService) {}

  /** Exports a training set and its data card; this is an audit event. Errors: `workflow_not_found`. */
  @Post('training-set')
  @Access('workflow:write', target)
  @Reply(TrainingSetReply)
  export(
    @Param('id') id: string,
    @Body({ schema: TrainingSetRequest }) request: TrainingSetRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<TrainingSetReply> {
    return this.training.export(id, request, caller, by);
  }

  /** Errors: `workflow_not_found`. */
  @Get('training-consent')
  @Access('workflow:read', target)
  @Reply(TrainingConsentReply)
  consent(@Param('id') id: string): Promise<TrainingConsentReply> {
    return this.training.consent(id);
  }

  /**
   * Records that callers consent to training on their runs from now on, or that they withdraw. Errors: `workflow_not_found`, `not_found`.
   */
  @Post('training-consent')
  @Access('workflow:publish', target)
  @Reply(TrainingConsentReply)
  setConsent(
    @Param('id') id: string,
    @Body({ schema: TrainingConsentRequest }) request: TrainingConsentRequest,
    @Actor() by: AuditActor,
  ): Promise<TrainingConsentReply> {
    return this.training.setConsent(id, request, by);
  }
}
