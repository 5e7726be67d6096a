import { ClockReply, type Principal } from '@heddle/core';
import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** The clock of the machine against the time that Heddle trusts. */
@Controller('api/clock')
export class ClockController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get()
  @Access('settings:read')
  @Reply(ClockReply)
  clock(): ClockReply {
    return this.heddle.clocks.describe();
  }

  /** A person says that the clock is right: what is too old may be deleted again. */
  @Post('confirm')
  @HttpCode(200)
  @Access('clock:confirm')
  @Reply(ClockReply)
  confirm(@Caller() caller: Principal): Promise<ClockReply> {
    return this.heddle.clocks.confirm(caller.id);
  }
}
