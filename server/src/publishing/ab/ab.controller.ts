import { AbPromoteRequest, AbReply, AbReport, AbRequest, AbSharesRequest, type AuditActor } from '@heddle/core';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import { Actor } from '../../auth/caller.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { AbService } from './ab.service.js';

const target = { kind: 'workflow', param: 'id' } as const;

/** A/B tests of the live version of a workflow. Callers who may publish the workflow may change them. */
@Controller('api/workflows/:id/ab')
export class AbController {
  constructor(private readonly tests: AbService) {}

  /** The tests with their figures, newest first, at most 20. */
  @Get()
  @Access('workflow:read', target)
  @Reply(AbReply)
  async list(@Param('id') id: string): Promise<z.infer<typeof AbReply>> {
    return { tests: [...(await this.tests.list(id))] };
  }

  /** Errors: `not_published`, `bad_request`, `conflict`, `version_not_found`. */
  @Post()
  @Access('workflow:publish', target)
  @Reply(AbReport, 201)
  start(
    @Param('id') id: string,
    @Body({ schema: AbRequest }) request: AbRequest,
    @Actor() by: AuditActor,
  ): Promise<AbReport> {
    return this.tests.start(id, request, by);
  }

  /** Errors: `not_found`. */
  @Get(':test')
  @Access('workflow:read', target)
  @Reply(AbReport)
  report(@Param('id') id: string, @Param('test') test: string): Promise<AbReport> {
    return this.tests.report(id, test);
  }

  /** Errors: `not_found`, `bad_request`, `conflict`. */
  @Post(':test/shares')
  @Access('workflow:publish', target)
  @Reply(AbReport)
  setShares(
    @Param('id') id: string,
    @Param('test') test: string,
    @Body({ schema: AbSharesRequest }) request: AbSharesRequest,
    @Actor() by: AuditActor,
  ): Promise<AbReport> {
    return this.tests.setShares(id, test, request, by);
  }

  /** Gives this version to everybody, which ends the test. Errors: `not_found`, `bad_request`, `conflict`. */
  @Post(':test/promote')
  @Access('workflow:publish', target)
  @Reply(AbReport)
  promote(
    @Param('id') id: string,
    @Param('test') test: string,
    @Body({ schema: AbPromoteRequest }) { version }: z.infer<typeof AbPromoteRequest>,
    @Actor() by: AuditActor,
  ): Promise<AbReport> {
    return this.tests.promote(id, test, version, by);
  }

  /** Gives the control to everybody again, which ends the test. Errors: `not_found`, `conflict`. */
  @Post(':test/stop')
  @Access('workflow:publish', target)
  @Reply(AbReport)
  stop(@Param('id') id: string, @Param('test') test: string, @Actor() by: AuditActor): Promise<AbReport> {
    return this.tests.stop(id, test, by);
  }
}
