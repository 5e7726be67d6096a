import {
  ReplayReply,
  ReplayRowReply,
  ReplayRowsReply,
  ReplayRowStatus,
  ReplaysReply,
  StartReplayRequest,
  type AuditActor,
  type Principal,
  queryNumber,
} from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { ReplayService } from './replay.service.js';

const all = { kind: 'replay' } as const;
const one = { kind: 'replay', param: 'id' } as const;
const ListQuery = z.strictObject({
  workflow: z.string().optional(),
});
const RowsQuery = z.strictObject({
  /** The `next` of the previous page. */
  after: queryNumber(z.int().nonnegative()).default(0),
  limit: queryNumber(z.int().min(1).max(1_000)).default(100),
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(ReplayRowStatus))
    .optional(),
});
const RowNumber = queryNumber(z.int().positive());

/** Replays of recorded runs on a draft. Reading them requires the right to read values, because rows name runs and their outcomes. */
@Controller('api/replays')
export class ReplaysController {
  constructor(private readonly replays: ReplayService) {}

  @Get()
  @Access('run:values', all)
  @Reply(ReplaysReply)
  async list(
    @Query({ schema: ListQuery }) { workflow }: z.infer<typeof ListQuery>,
    @View() view: ProjectView,
  ): Promise<ReplaysReply> {
    return { replays: [...(await this.replays.list(workflow, (id) => view.shows('replay', id)))] };
  }

  /**
   * Replays recorded runs of a workflow on its draft or on a version, without effects. Errors: `workflow_not_found`, `version_not_found`,
   * `workflow_invalid`.
   */
  @Post()
  @Access('run:draft', all)
  @Reply(ReplayReply, 202)
  start(
    @Body({ schema: StartReplayRequest }) request: StartReplayRequest,
    @Caller() caller: Principal,
    @Actor() by: AuditActor,
  ): Promise<ReplayReply> {
    return this.replays.start(request, caller, by);
  }

  /** Errors: `replay_not_found`. */
  @Get(':id')
  @Access('run:values', one)
  @Reply(ReplayReply)
  get(@Param('id') id: string): Promise<ReplayReply> {
    return this.replays.get(id);
  }

  /** Errors: `replay_not_found`. */
  @Get(':id/rows')
  @Access('run:values', one)
  @Reply(ReplayRowsReply)
  rows(
    @Param('id') id: string,
    @Query({ schema: RowsQuery }) query: z.infer<typeof RowsQuery>,
  ): Promise<ReplayRowsReply> {
    return this.replays.rows(id, query);
  }

  /** Gives a row with both answers. Errors: `replay_not_found`, `run_not_found`. */
  @Get(':id/rows/:number')
  @Access('run:values', one)
  @Reply(ReplayRowReply)
  row(@Param('id') id: string, @Param('number') number: string, @Caller() caller: Principal): Promise<ReplayRowReply> {
    return this.replays.row(id, RowNumber.parse(number), caller);
  }

  /** Cancels a replay; does nothing if it has ended. Errors: `replay_not_found`. */
  @Post(':id/cancel')
  @HttpCode(200)
  @Access('run:draft', one)
  @Reply(ReplayReply)
  cancel(@Param('id') id: string, @Actor() by: AuditActor): Promise<ReplayReply> {
    return this.replays.cancel(id, by);
  }

  /** Removes the rows of a replay; its runs stay. Errors: `replay_not_found`, `conflict`. */
  @Delete(':id')
  @Access('run:draft', one)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Actor() by: AuditActor): Promise<void> {
    return this.replays.remove(id, by);
  }
}
