import { ClockReply, type Principal } from '@heddle/core';
import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { ClockService } from './clock.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** The clock of the machine against the time that Heddle trusts. */
@Controller('api/clock')
export class ClockController {
  constructor(private readonly clocks: ClockService) {}

  @Get()
  @Access('settings:read')
  @Reply(ClockReply)
  clock(): ClockReply {
    return this.clocks.describe();
  }

  /** A person says that the clock is right: what is too old may be deleted again. */
  @Post('confirm')
  @HttpCode(200)
  @Access('clock:confirm')
  @Reply(ClockReply)
  confirm(@Caller() caller: Principal): Promise<ClockReply> {
    return this.clocks.confirm(caller.id);
  }
}
