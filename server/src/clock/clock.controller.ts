import { ClockReply, type Principal } from '@heddle/core';
import { Controller, Get, Post } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { ClockService } from './clock.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** The clock of the machine and the trusted time. */
@Controller('api/clock')
export class ClockController {
  constructor(private readonly clocks: ClockService) {}

  @Get()
  @Access('settings:read')
  @Reply(ClockReply)
  clock(): ClockReply {
    return this.clocks.describe();
  }

  /** Confirms that the clock is right, after which retention may delete again. */
  @Post('confirm')
  @Access('clock:confirm')
  @Reply(ClockReply)
  confirm(@Caller() caller: Principal): Promise<ClockReply> {
    return this.clocks.confirm(caller.id);
  }
}
