import { HeddleError, SetStopRequest, Stop, StopReply, StopsReply, StopTarget, type Principal } from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/project-view.js';
import { StopService } from './stop.service.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** Emergency stops for a workflow, a tool, a connection or everything. */
@Controller('api/stops')
export class StopsController {
  constructor(private readonly stops: StopService) {}

  @Get()
  @Access('run:read', anywhere)
  @Reply(StopsReply)
  list(@View() view: ProjectView): StopsReply {
    return { stops: this.stops.list().filter(({ target }) => isShown(view, target)) };
  }

  @Get(':target')
  @Access('run:read', anywhere)
  @Reply(Stop)
  get(@Param('target') target: string, @View() view: ProjectView): Stop {
    const stop = this.stops.get(target);
    if (!isShown(view, target))
      throw new HeddleError('not_found', `There is no emergency stop '${target}': heddle stop lists what is stopped.`);
    return stop;
  }

  @Put(':target')
  @HttpCode(200)
  @Access('stop:set')
  @Reply(StopReply)
  set(
    @Param('target', { schema: StopTarget }) target: string,
    @Body({ schema: SetStopRequest }) { reason }: SetStopRequest,
    @Caller() caller: Principal,
  ): Promise<StopReply> {
    return this.stops.set(target, reason, caller.id);
  }

  @Delete(':target')
  @HttpCode(200)
  @Access('stop:set')
  @Reply(StopReply)
  release(@Param('target') target: string, @Caller() caller: Principal): Promise<StopReply> {
    return this.stops.release(target, caller.id);
  }
}

/** A stop is everybody's to know, but one of a workflow is its project's. */
function isShown(view: ProjectView, target: string): boolean {
  return !target.startsWith('workflow:') || view.shows('workflow', target.slice('workflow:'.length));
}
