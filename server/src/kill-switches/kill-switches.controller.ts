import {
  HeddleError,
  SetKillSwitchRequest,
  KillSwitch,
  KillSwitchReply,
  KillSwitchesReply,
  KillSwitchTarget,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { KillSwitchService } from './kill-switch.service.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { isShown, shownKillSwitches } from './shown-kill-switches.js';

/** Kill switches for a workflow, a tool, a connection or everything. */
@Controller('api/kill-switches')
export class KillSwitchesController {
  constructor(private readonly killSwitches: KillSwitchService) {}

  @Get()
  @Access('run:read', anywhere)
  @Reply(KillSwitchesReply)
  list(@View() view: ProjectView): KillSwitchesReply {
    return shownKillSwitches(view, this.killSwitches.state());
  }

  @Get(':target')
  @Access('run:read', anywhere)
  @Reply(KillSwitch)
  get(@Param('target') target: string, @View() view: ProjectView): KillSwitch {
    const stop = this.killSwitches.get(target);
    if (!isShown(view, target))
      throw new HeddleError('not_found', `There is no kill switch '${target}': heddle stop lists what is stopped.`);
    return stop;
  }

  @Put(':target')
  @Access('kill-switch:set')
  @Reply(KillSwitchReply)
  set(
    @Param('target', { schema: KillSwitchTarget }) target: string,
    @Body({ schema: SetKillSwitchRequest }) { reason }: SetKillSwitchRequest,
    @Caller() caller: Principal,
  ): Promise<KillSwitchReply> {
    return this.killSwitches.set(target, reason, caller.id);
  }

  @Delete(':target')
  @Access('kill-switch:set')
  @Reply(KillSwitchReply)
  release(
    @Param('target', { schema: KillSwitchTarget }) target: string,
    @Caller() caller: Principal,
  ): Promise<KillSwitchReply> {
    return this.killSwitches.release(target, caller.id);
  }
}
