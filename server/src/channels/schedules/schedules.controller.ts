import {
  ArrivalsReply,
  ChangeScheduleRequest,
  ScheduleConfig,
  SchedulePreview,
  SchedulePreviewRequest,
  ScheduleReply,
  SchedulesReply,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import { ScheduleService } from './schedule.service.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { UndoQuery } from '../../deletions/undo-query.js';
import { ArrivalsQuery } from '../arrivals-query.js';

const ScheduleRun = z.object({ runId: z.string() }).meta({ id: 'ScheduleRun' });
const target = { kind: 'workflow', param: 'id' } as const;

/** The API of the schedules of a published workflow. */
@Controller('api/workflows/:id/schedules')
export class SchedulesController {
  constructor(private readonly schedules: ScheduleService) {}

  @Get()
  @Access('workflow:read', target)
  @Reply(SchedulesReply)
  async list(@Param('id') id: string): Promise<z.infer<typeof SchedulesReply>> {
    return { schedules: [...(await this.schedules.list(id))] };
  }

  @Post()
  @Access('workflow:publish', target)
  @Reply(ScheduleReply, 201)
  create(
    @Param('id') id: string,
    @Body({ schema: ScheduleConfig }) config: ScheduleConfig,
    @Caller() caller: Principal,
  ): Promise<ScheduleReply> {
    return this.schedules.create(id, config, caller);
  }

  @Put(':schedule')
  @Access('workflow:publish', target)
  @Reply(ScheduleReply)
  change(
    @Param('id') id: string,
    @Param('schedule') schedule: string,
    @Body({ schema: ChangeScheduleRequest }) config: ScheduleConfig,
    @Caller() caller: Principal,
  ): Promise<ScheduleReply> {
    return this.schedules.change(id, schedule, config, caller);
  }

  /** With `undo=true`, the schedule can be restored for a few seconds. */
  @Delete(':schedule')
  @Access('workflow:publish', target)
  @Reply(undefined, 204)
  remove(
    @Param('id') id: string,
    @Param('schedule') schedule: string,
    @Query({ schema: UndoQuery }) { undo }: UndoQuery,
    @Caller() caller: Principal,
  ): Promise<void> {
    const { schedules } = this;
    return undo === true ? schedules.deleteForNow(id, schedule, caller) : schedules.remove(id, schedule, caller);
  }

  /** Restores a schedule that was deleted with `undo=true` a few seconds ago. Errors: `not_found`. */
  @Post(':schedule/restore')
  @Access('workflow:publish', target)
  @Reply(ScheduleReply)
  restore(
    @Param('id') id: string,
    @Param('schedule') schedule: string,
    @Caller() caller: Principal,
  ): Promise<ScheduleReply> {
    return this.schedules.restore(id, schedule, caller);
  }

  /** Describes a pattern before a schedule is created with it. */
  @Post('preview')
  @Access('workflow:read', target)
  @Reply(SchedulePreview)
  preview(@Body({ schema: SchedulePreviewRequest }) request: z.infer<typeof SchedulePreviewRequest>) {
    return this.schedules.preview(request);
  }

  /** The runs that the schedule started, newest first. */
  @Get(':schedule/history')
  @Access('workflow:read', target)
  @Reply(ArrivalsReply)
  async history(
    @Param('id') id: string,
    @Param('schedule') schedule: string,
    @Query({ schema: ArrivalsQuery }) { limit }: z.infer<typeof ArrivalsQuery>,
  ): Promise<z.infer<typeof ArrivalsReply>> {
    return { arrivals: [...(await this.schedules.history(id, schedule, limit))] };
  }

  /** Starts a run now, with the rights of the caller. */
  @Post(':schedule/run')
  @Access('run:published', target)
  @Reply(ScheduleRun, 202)
  run(
    @Param('id') id: string,
    @Param('schedule') schedule: string,
    @Caller() caller: Principal,
  ): Promise<{ readonly runId: string }> {
    return this.schedules.runNow(id, schedule, caller);
  }
}
