import {
  ChangeMonitorRequest,
  DriftState,
  MonitorReply,
  MonitorRequest,
  MonitorSeriesReply,
  MonitorsReply,
  RunScoresReply,
  type AuditActor,
  type Principal,
  QueryTime,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { MonitorService } from './monitor.service.js';

const all = { kind: 'monitor' } as const;
const one = { kind: 'monitor', param: 'id' } as const;
const hour = 3_600_000;
const day = 86_400_000;
const SeriesQuery = z
  .strictObject({
    from: QueryTime.optional(),
    to: QueryTime.optional(),
    unit: z.enum(['hour', 'day']).default('day'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || (from < to && to - from <= 400 * day), {
    path: ['from'],
    error: "It must lie before 'to', by at most 400 days",
  });

/** Monitors judge a share of the finished runs of a workflow, and compare them with earlier ones. */
@Controller('api/monitors')
export class MonitorsController {
  constructor(
    private readonly monitors: MonitorService,
    private readonly clock: TrustedClock,
  ) {}

  @Get()
  @Access('run:read', all)
  @Reply(MonitorsReply)
  async list(@View() view: ProjectView): Promise<MonitorsReply> {
    return { monitors: [...(await this.monitors.list(view))] };
  }

  /** Errors: `workflow_not_found`, `evaluator_invalid`, `conflict`. */
  @Post()
  @Access('workflow:publish', all)
  @Reply(MonitorReply, 201)
  create(
    @Body({ schema: MonitorRequest }) request: MonitorRequest,
    @View() { project }: ProjectView,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<MonitorReply> {
    return this.monitors.create(request, caller, project, by);
  }

  /** Errors: `monitor_not_found`. */
  @Get(':id')
  @Access('run:read', one)
  @Reply(MonitorReply)
  get(@Param('id') id: string, @View() view: ProjectView): Promise<MonitorReply> {
    return this.monitors.get(id, view);
  }

  /**
   * Changes a monitor. Its judges then have the rights of the caller; earlier scores stay. Errors: `monitor_not_found`,
   * `evaluator_invalid`, `conflict`.
   */
  @Put(':id')
  @Access('workflow:publish', one)
  @Reply(MonitorReply)
  change(
    @Param('id') id: string,
    @Body({ schema: ChangeMonitorRequest }) request: MonitorRequest,
    @Caller() caller: Principal,
    @View() view: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<MonitorReply> {
    return this.monitors.change(id, request, caller, view, by);
  }

  /** Pauses a monitor: it takes no more runs, and those that wait are judged after it is resumed. Errors: `monitor_not_found`. */
  @Post(':id/pause')
  @Access('workflow:publish', one)
  @Reply(MonitorReply)
  pause(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @View() view: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<MonitorReply> {
    return this.monitors.setPaused(id, true, caller, view, by);
  }

  /** Errors: `monitor_not_found`. */
  @Post(':id/resume')
  @Access('workflow:publish', one)
  @Reply(MonitorReply)
  resume(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @View() view: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<MonitorReply> {
    return this.monitors.setPaused(id, false, caller, view, by);
  }

  /** Removes a monitor. Its scores stay with the runs. Errors: `monitor_not_found`. */
  @Delete(':id')
  @Access('workflow:publish', one)
  @Reply(undefined, 204)
  remove(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @View() view: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.monitors.remove(id, caller, view, by);
  }

  /** Means and pass rates by metric and version, by default of the last 30 days. Errors: `monitor_not_found`. */
  @Get(':id/series')
  @Access('run:read', one)
  @Reply(MonitorSeriesReply)
  series(
    @Param('id') id: string,
    @Query({ schema: SeriesQuery }) { from, to = this.clock.now(), unit }: z.infer<typeof SeriesQuery>,
    @View() view: ProjectView,
  ): Promise<MonitorSeriesReply> {
    const step = unit === 'hour' ? hour : day;
    return this.monitors.series(id, { from: from ?? to - 30 * day, to, step }, view);
  }

  /** Compares the newest runs with the reference runs. Errors: `monitor_not_found`. */
  @Get(':id/drift')
  @Access('run:read', one)
  @Reply(DriftState)
  drift(@Param('id') id: string, @View() view: ProjectView): Promise<DriftState> {
    return this.monitors.drift(id, view);
  }

  /** Makes the newest runs the reference that later ones are compared with. Errors: `monitor_not_found`. */
  @Post(':id/reference')
  @Access('workflow:publish', one)
  @Reply(DriftState)
  renew(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @View() view: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<DriftState> {
    return this.monitors.renewReference(id, caller, view, by);
  }
}

/** The scores that monitors gave a run. */
@Controller('api/runs/:id/scores')
export class RunScoresController {
  constructor(private readonly monitors: MonitorService) {}

  /** Explanations can repeat values of the run. */
  @Get()
  @Access('run:values', { kind: 'run', param: 'id' })
  @Reply(RunScoresReply)
  async of(@Param('id') id: string): Promise<RunScoresReply> {
    return { scores: await this.monitors.scoresOf(id) };
  }
}
