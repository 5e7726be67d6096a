import { RetentionRulesReply, RetentionRulesRequest, type Principal } from '@heddle/core';
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { Caller } from '../auth/caller.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { RetentionService } from './retention.service.js';

const one = { kind: 'project', param: 'id' } as const;

/** How long a project keeps conversations and facts. */
@Controller('api/projects/:id/retention')
export class RetentionController {
  constructor(private readonly retention: RetentionService) {}

  /** Errors: `project_not_found`. */
  @Get()
  @Access('run:values', one)
  @Reply(RetentionRulesReply)
  read(@Param('id') id: string): Promise<RetentionRulesReply> {
    return this.retention.read(id);
  }

  /** Replaces the rules. Errors: `project_not_found`, `bad_request`. */
  @Put()
  @Access('project:manage', one)
  @Reply(RetentionRulesReply)
  set(
    @Param('id') id: string,
    @Body({ schema: RetentionRulesRequest }) { rules }: RetentionRulesRequest,
    @Caller() caller: Principal,
  ): Promise<RetentionRulesReply> {
    return this.retention.set(caller, id, rules);
  }
}
