import { GateReply, GateReport, RunGateRequest, SetGateRequest, type AuditActor, type Principal } from '@heddle/core';
import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { GateRules } from './gate-rules.js';
import { GateService } from './gate.service.js';

const all = { kind: 'gate' } as const;
const workflow = { kind: 'workflow', param: 'id' } as const;

/** The gate of a project, and its result for a draft. */
@Controller('api')
export class GatesController {
  constructor(
    private readonly rules: GateRules,
    private readonly gate: GateService,
  ) {}

  /** The rules of the project. */
  @Get('gate')
  @Access('workflow:read', all)
  @Reply(GateReply)
  get(@View() { project }: ProjectView): Promise<GateReply> {
    return this.rules.get(project);
  }

  /** Replaces the rules of the project. Errors: `gate_invalid`, `evaluator_invalid`, `conflict`. */
  @Put('gate')
  @Access('gate:manage', all)
  @Reply(GateReply)
  set(
    @Body({ schema: SetGateRequest }) request: SetGateRequest,
    @View() { project }: ProjectView,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<GateReply> {
    return this.rules.set(request, project, caller, by);
  }

  /**
   * The result of each rule for the draft, with its figures. Callers need the right to read scores or to publish. Starts nothing. Errors:
   * `workflow_not_found`, `workflow_invalid`.
   */
  @Get('workflows/:id/gate')
  @Access(['run:read', 'workflow:publish'], workflow)
  @Reply(GateReport)
  ofDraft(@Param('id') id: string): Promise<GateReport> {
    return this.gate.ofDraft(id);
  }

  /**
   * Starts the checks that have no result for the draft, and the named rules again. Errors: `workflow_not_found`, `workflow_invalid`,
   * `not_found`.
   */
  @Post('workflows/:id/gate/run')
  @HttpCode(202)
  @Access('run:draft', workflow)
  @Reply(GateReport, 202)
  run(
    @Param('id') id: string,
    @Body({ schema: RunGateRequest }) { again }: RunGateRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<GateReport> {
    return this.gate.run(id, again, caller, by);
  }
}
