import { ScheduleConfig, ScheduleReply, SchedulesReply, type Principal } from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import type { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import type { Heddle } from '../../heddle/heddle.js';
import { HEDDLE } from '../../heddle/token.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';

const target = { kind: 'workflow', param: 'id' } as const;

/** Times at which a published workflow runs by itself. */
@Controller('api/workflows/:id/schedules')
export class SchedulesController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get()
  @Access('workflow:read', target)
  @Reply(SchedulesReply)
  async list(@Param('id') id: string): Promise<z.infer<typeof SchedulesReply>> {
    return { schedules: [...(await this.heddle.doors.schedules.list(id))] };
  }

  @Post()
  @Access('workflow:publish', target)
  @Reply(ScheduleReply, 201)
  create(
    @Param('id') id: string,
    @Body({ schema: ScheduleConfig }) config: ScheduleConfig,
    @Caller() caller: Principal,
  ): Promise<ScheduleReply> {
    return this.heddle.doors.schedules.create(id, config, caller);
  }

  @Put(':schedule')
  @Access('workflow:publish', target)
  @Reply(ScheduleReply)
  change(
    @Param('id') id: string,
    @Param('schedule') schedule: string,
    @Body({ schema: ScheduleConfig }) config: ScheduleConfig,
    @Caller() caller: Principal,
  ): Promise<ScheduleReply> {
    return this.heddle.doors.schedules.change(id, schedule, config, caller);
  }

  @Delete(':schedule')
  @HttpCode(204)
  @Access('workflow:publish', target)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Param('schedule') schedule: string, @Caller() caller: Principal): Promise<void> {
    return this.heddle.doors.schedules.remove(id, schedule, caller);
  }
}
