import {
  BeginThreadRequest,
  ErasedConversationsReply,
  RenameThreadRequest,
  Thread,
  ThreadMessagesQuery,
  ThreadMessagesReply,
  ThreadsQuery,
  ThreadsReply,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../../auth/caller.js';
import { endUserOf } from '../../auth/end-user.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { ThreadService, type ThreadViewer } from './thread.service.js';

/** The threads of the caller, or of the end user in `Heddle-End-User`. The service finds only the threads of that subject. */
@Controller('v1/threads')
export class ThreadsController {
  constructor(private readonly threads: ThreadService) {}

  /** Newest first. */
  @Get()
  @Access('signed-in')
  @Reply(ThreadsReply)
  async list(
    @Query({ schema: ThreadsQuery }) query: ThreadsQuery,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
  ): Promise<ThreadsReply> {
    return this.threads.list(await this.viewer(caller, request), query);
  }

  /** Begins an empty thread on a published workflow. Errors: `workflow_not_found`, `not_published`, `forbidden`. */
  @Post()
  @HttpCode(201)
  @Access('signed-in')
  @Reply(Thread, 201)
  begin(
    @Body({ schema: BeginThreadRequest }) body: BeginThreadRequest,
    @Caller() caller: Principal,
    @Req() { headers }: FastifyRequest,
  ): Promise<Thread> {
    return this.threads.begin(caller, endUserOf(headers), body);
  }

  /** Errors: `thread_not_found`. */
  @Get(':id')
  @Access('signed-in')
  @Reply(Thread)
  async get(@Param('id') id: string, @Caller() caller: Principal, @Req() request: FastifyRequest): Promise<Thread> {
    return this.threads.get(await this.viewer(caller, request), id);
  }

  /** Questions and answers, oldest first. Errors: `thread_not_found`. */
  @Get(':id/messages')
  @Access('signed-in')
  @Reply(ThreadMessagesReply)
  async messages(
    @Param('id') id: string,
    @Query({ schema: ThreadMessagesQuery }) query: ThreadMessagesQuery,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
  ): Promise<ThreadMessagesReply> {
    return this.threads.messages(await this.viewer(caller, request), id, query);
  }

  /** Renames a thread. Errors: `thread_not_found`. */
  @Post(':id')
  @HttpCode(200)
  @Access('signed-in')
  @Reply(Thread)
  async rename(
    @Param('id') id: string,
    @Body({ schema: RenameThreadRequest }) { title }: RenameThreadRequest,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
  ): Promise<Thread> {
    return this.threads.rename(await this.viewer(caller, request), id, title);
  }

  /** Erases a thread for good, after ending its unfinished run. Errors: `thread_not_found`. */
  @Delete(':id')
  @Access('signed-in')
  @Reply(ErasedConversationsReply)
  async erase(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
  ): Promise<ErasedConversationsReply> {
    return this.threads.erase(await this.viewer(caller, request), id);
  }

  private viewer(caller: Principal, { headers }: FastifyRequest): Promise<ThreadViewer> {
    return this.threads.viewerOf(caller, endUserOf(headers));
  }
}
