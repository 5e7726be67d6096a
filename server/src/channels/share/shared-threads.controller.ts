import {
  ErasedConversationsReply,
  ThreadMessagesQuery,
  ThreadMessagesReply,
  ThreadsQuery,
  ThreadsReply,
} from '@heddle/core';
import { Controller, Delete, Get, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { ThreadService, type ThreadViewer } from '../threads/thread.service.js';
import { ShareEntry } from './share-entry.js';
import { sessionOf } from './shared-files.controller.js';
import { SharedRuns } from './shared-runs.js';

/** The threads of a user of a share link. Neither the token of another link nor another user finds them. */
@Controller('v1/share/:token/threads')
export class SharedThreadsController {
  constructor(
    private readonly threads: ThreadService,
    private readonly entry: ShareEntry,
    private readonly sharedRuns: SharedRuns,
  ) {}

  /** Newest first. */
  @Get()
  @Access('public')
  @Reply(ThreadsReply)
  async list(
    @Param('token') token: string,
    @Query({ schema: ThreadsQuery }) query: ThreadsQuery,
    @Req() request: FastifyRequest,
  ): Promise<ThreadsReply> {
    return this.threads.list(await this.viewer(token, request), query);
  }

  /** Questions and answers, oldest first. Errors: `thread_not_found`. */
  @Get(':thread/messages')
  @Access('public')
  @Reply(ThreadMessagesReply)
  async messages(
    @Param('token') token: string,
    @Param('thread') thread: string,
    @Query({ schema: ThreadMessagesQuery }) query: ThreadMessagesQuery,
    @Req() request: FastifyRequest,
  ): Promise<ThreadMessagesReply> {
    return this.threads.messages(await this.viewer(token, request), thread, query);
  }

  /** Erases a thread for good. Errors: `thread_not_found`. */
  @Delete(':thread')
  @Access('public')
  @Reply(ErasedConversationsReply)
  async erase(
    @Param('token') token: string,
    @Param('thread') thread: string,
    @Req() request: FastifyRequest,
  ): Promise<ErasedConversationsReply> {
    return this.threads.erase(await this.viewer(token, request), thread);
  }

  private async viewer(token: string, request: FastifyRequest): Promise<ThreadViewer> {
    const { headers, ip, method, url } = request;
    const entered = await this.entry.enter(token, { headers, ip, method, url });
    return this.sharedRuns.viewerOf(entered, sessionOf(request));
  }
}
