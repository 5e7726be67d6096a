import {
  AddCalibrationRequest,
  CalibratedJudge,
  CalibrationsReply,
  defaultProject,
  EvaluatorsReply,
  labelOf,
  runNotFound,
  TryEvaluatorsReply,
  TryEvaluatorsRequest,
  withoutUndefined,
  type AuditActor,
  type EvaluationSubject,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Actor, Caller } from '../auth/caller.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { Ownership } from '../auth/rights/ownership.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { Access, anywhere } from '../http/access.js';
import { TakesValues } from '../http/bodies/body-bounds.js';
import { closeSignal } from '../http/connections/close-signal.js';
import { Reply } from '../http/reply.js';
import { CalibrationService } from './calibration.service.js';
import { EvaluatorService } from './evaluator.service.js';
import { evaluatorPresets } from './presets.js';
import { SubjectService } from './subject.service.js';

/** Evaluators: their kinds, a trial on one answer, and how far judges agree with people. */
@Controller('api/evaluators')
export class EvaluatorsController {
  constructor(
    private readonly evaluators: EvaluatorService,
    private readonly calibrations: CalibrationService,
    private readonly subjects: SubjectService,
    private readonly ownership: Ownership,
    private readonly clock: TrustedClock,
  ) {}

  /** The kinds, each with the JSON schema of its config, and presets for common purposes. */
  @Get()
  @Access('run:read', anywhere)
  @Reply(EvaluatorsReply)
  list(): EvaluatorsReply {
    return { kinds: [...this.evaluators.kinds()], presets: [...evaluatorPresets] };
  }

  /**
   * Judges one answer: a given one, or that of an ended run. Calls real models. An evaluator that fails gives an evaluation with an error.
   * Errors: `evaluator_invalid`, `run_not_found`, `run_unfinished`.
   */
  @Post('try')
  @TakesValues('inputs')
  @Access('run:document', { kind: 'run' })
  @Reply(TryEvaluatorsReply)
  async try(
    @Body({ schema: TryEvaluatorsRequest }) request: TryEvaluatorsRequest,
    @Caller() principal: Principal,
    @View() { project }: ProjectView,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TryEvaluatorsReply> {
    const { evaluators: setups, budget } = request;
    const metrics = this.evaluators.metricsOf(setups);
    const subject = await this.subjectOf(request, principal, project);
    const scope = withoutUndefined({ project, principal, signal: closeSignal(reply), budget });
    const evaluations = await this.evaluators.evaluate(setups, subject, scope);
    const calibrations = await this.calibrations.byMetric(project, setups);
    return { metrics: [...metrics], evaluations: [...evaluations], calibrations };
  }

  /** The judges of the project that have been compared with people. */
  @Get('calibrations')
  @Access('run:values', { kind: 'run' })
  @Reply(CalibrationsReply)
  async listCalibrations(@View() { project }: ProjectView): Promise<CalibrationsReply> {
    return { judges: [...(await this.calibrations.list(project))] };
  }

  /** Adds the caller's own verdicts on answers that a judge judged. Errors: `evaluator_invalid`. */
  @Post('calibrations')
  @TakesValues('large')
  @Access('run:feedback', { kind: 'run' })
  @Reply(CalibratedJudge)
  addCalibration(
    @Body({ schema: AddCalibrationRequest }) { evaluator, pairs }: AddCalibrationRequest,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<CalibratedJudge> {
    return this.calibrations.add(project, evaluator, pairs, by);
  }

  /** Errors: `not_found`. */
  @Delete('calibrations/:judge')
  @Access('workflow:write', { kind: 'run' })
  @Reply(undefined, 204)
  removeCalibration(
    @Param('judge') judge: string,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.calibrations.remove(project, judge, by);
  }

  private async subjectOf(
    { subject, runId, expected, references }: TryEvaluatorsRequest,
    principal: Principal,
    project: string,
  ): Promise<EvaluationSubject> {
    const row = withoutUndefined({ expected, references });
    if (runId !== undefined) {
      const run = await this.ownership.resourceOf('run', runId, principal);
      checkAccess(principal, 'run:values', run, this.clock, runId);
      // Values stay in their project, even if the caller is a member of both projects.
      if ((run.project ?? defaultProject) !== project) throw runNotFound(runId);
      return { ...(await this.subjects.ofRun(runId)), ...row };
    }
    const typed = subject ?? { inputs: {}, outputs: {}, passages: [], toolCalls: [], label: 'internal' };
    const toolCalls = typed.toolCalls.map(({ name, arguments: made }) => ({ name, arguments: made }));
    return { ...typed, ...row, toolCalls, label: labelOf(typed.label), ms: 0, cost: 0, tokens: 0 };
  }
}
