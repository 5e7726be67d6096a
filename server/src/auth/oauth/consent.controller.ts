import { ConsentAnswer, ConsentDecision, ConsentReply, type Principal } from '@heddle/core';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { Caller } from '../caller.js';
import { OAuthService } from './oauth.service.js';

/** The rights that programs request from people. Only the person who opened a request decides about it. */
@Controller('api/consents')
export class ConsentController {
  constructor(private readonly service: OAuthService) {}

  /** Errors: `not_found`, `forbidden` if the caller is a program. */
  @Get(':id')
  @Access('signed-in')
  @Reply(ConsentReply)
  ask(@Param('id') id: string, @Caller() caller: Principal): Promise<ConsentReply> {
    return this.service.consentRequest(id, caller);
  }

  /** Errors: `not_found`, `forbidden` for a right that the person lacks. */
  @Post(':id')
  @Access('signed-in')
  @Reply(ConsentAnswer, 201)
  decide(
    @Param('id') id: string,
    @Body({ schema: ConsentDecision }) decision: ConsentDecision,
    @Caller() caller: Principal,
  ): Promise<ConsentAnswer> {
    return this.service.decide(id, decision, caller);
  }
}
