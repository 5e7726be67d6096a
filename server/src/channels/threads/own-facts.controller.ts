import { ErasedFactsReply, OwnFactsQuery, OwnFactsReply, type Principal } from '@heddle/core';
import { Controller, Delete, Get, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../auth/caller.js';
import { endUserOf } from '../../auth/end-user.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { OwnFactService } from './own-fact.service.js';
import { ThreadService, type ThreadViewer } from './thread.service.js';

/** The long-term facts of the caller, or of the end user in `Heddle-End-User`. The service finds only the facts of that subject. */
@Controller('v1/facts')
export class OwnFactsController {
  constructor(
    private readonly facts: OwnFactService,
    private readonly threads: ThreadService,
  ) {}

  /** Newest first. */
  @Get()
  @Access('signed-in')
  @Reply(OwnFactsReply)
  async list(
    @Query({ schema: OwnFactsQuery }) query: OwnFactsQuery,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
  ): Promise<OwnFactsReply> {
    return this.facts.list(await this.viewer(caller, request), query);
  }

  /** Erases a fact for good. Errors: `not_found`. */
  @Delete(':id')
  @Access('signed-in')
  @Reply(ErasedFactsReply)
  async erase(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
  ): Promise<ErasedFactsReply> {
    return this.facts.erase(await this.viewer(caller, request), id);
  }

  private viewer(caller: Principal, { headers }: FastifyRequest): Promise<ThreadViewer> {
    return this.threads.viewerOf(caller, endUserOf(headers));
  }
}
