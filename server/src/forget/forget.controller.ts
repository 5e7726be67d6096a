import { ForgetRequest, ForgottenReply, type Principal } from '@heddle/core';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { ForgetService } from './forget.service.js';

@Controller('api/people')
export class ForgetController {
  constructor(private readonly forgetting: ForgetService) {}

  /**
   * Erases what is stored about a person in all projects, and reports what was erased and what remains. Errors: `conflict`, `storage_*`.
   */
  @Post('forget')
  @HttpCode(200)
  @Access('user:manage')
  @Reply(ForgottenReply)
  forget(
    @Body({ schema: ForgetRequest }) { subject }: ForgetRequest,
    @Caller() caller: Principal,
  ): Promise<ForgottenReply> {
    return this.forgetting.forget(caller, subject);
  }
}
