import {
  ChangeShareRequest,
  CreatedShareReply,
  ShareConfig,
  ShareReply,
  SharesReply,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import type { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import { ShareService } from './share.service.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';

const target = { kind: 'workflow', param: 'id' } as const;

/** Share links of published workflows. */
@Controller('api/workflows/:id/shares')
export class SharesController {
  constructor(private readonly shares: ShareService) {}

  @Get()
  @Access('workflow:read', target)
  @Reply(SharesReply)
  async list(@Param('id') id: string): Promise<z.infer<typeof SharesReply>> {
    return { shares: [...(await this.shares.list(id))] };
  }

  @Post()
  @Access('workflow:publish', target)
  @Reply(CreatedShareReply, 201)
  create(
    @Param('id') id: string,
    @Body({ schema: ShareConfig }) config: ShareConfig,
    @Caller() caller: Principal,
  ): Promise<CreatedShareReply> {
    return this.shares.create(id, config, caller);
  }

  @Put(':share')
  @Access('workflow:publish', target)
  @Reply(ShareReply)
  change(
    @Param('id') id: string,
    @Param('share') share: string,
    @Body({ schema: ChangeShareRequest }) config: ShareConfig,
    @Caller() caller: Principal,
  ): Promise<ShareReply> {
    return this.shares.change(id, share, config, caller);
  }

  /** Gives the link a new token; the old one stops working. */
  @Post(':share/renew')
  @Access('workflow:publish', target)
  @Reply(CreatedShareReply, 201)
  renew(
    @Param('id') id: string,
    @Param('share') share: string,
    @Caller() caller: Principal,
  ): Promise<CreatedShareReply> {
    return this.shares.renew(id, share, caller);
  }

  @Delete(':share')
  @Access('workflow:publish', target)
  @Reply(undefined, 204)
  revoke(@Param('id') id: string, @Param('share') share: string, @Caller() caller: Principal): Promise<void> {
    return this.shares.revoke(id, share, caller);
  }
}
