import type { Principal } from '@heddle/core';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '../../auth/caller.js';
import type { Heddle } from '../../heddle/heddle.js';
import { HEDDLE } from '../../heddle/token.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { docsFacts } from './docs-facts.js';
import { docsIndex, docsPage } from './docs-page.js';
import { sendPage } from './send-page.js';

/** Pages for the people who build on published workflows. Who may call a workflow may read its page. */
@Controller('v1')
export class DocsController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get('docs')
  @Access('signed-in')
  @Reply(undefined, 200, 'text/html')
  async index(@Caller() caller: Principal, @Res() reply: FastifyReply): Promise<void> {
    const workflows = await this.heddle.publishing.runs.list(caller);
    await sendPage(reply, 'API', docsIndex(workflows));
  }

  @Get('workflows/:slug/docs')
  @Access('run:published', { kind: 'workflow', param: 'slug' })
  @Reply(undefined, 200, 'text/html')
  async page(
    @Param('slug') slug: string,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const origin = this.heddle.settings.publicUrl?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`;
    const facts = await docsFacts(this.heddle, { slug, caller, origin });
    await sendPage(reply, `${facts.workflow.name} · API`, docsPage(facts));
  }
}
