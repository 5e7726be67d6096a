import type { Principal } from '@heddle/core';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '../../auth/caller.js';
import { Ownership } from '../../auth/rights/ownership.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import { SETTINGS } from '../../settings/settings-token.js';
import type { Settings } from '../../settings/settings-table.js';
import { PublishedRuns } from '../runs/published-runs.js';
import { PublishingService } from '../publishing.service.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { docsFacts } from './docs-facts.js';
import { docsIndex, docsPage } from './docs-page.js';
import { sendPage } from './send-page.js';

/** Pages for developers who call published workflows. Whoever may call a workflow may read its page. */
@Controller('v1')
export class DocsController {
  constructor(
    private readonly published: PublishedRuns,
    private readonly publishing: PublishingService,
    private readonly ownership: Ownership,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly clock: TrustedClock,
  ) {}

  @Get('docs')
  @Access('signed-in')
  @Reply(undefined, 200, 'text/html')
  async index(@Caller() caller: Principal, @Res() reply: FastifyReply): Promise<void> {
    const workflows = await this.published.list(caller);
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
    const origin = this.settings.publicUrl?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`;
    const { published, publishing, ownership, settings, clock } = this;
    const sources = { published, publishing, ownership, settings, clock };
    const facts = await docsFacts(sources, { slug, caller, origin });
    await sendPage(reply, `${facts.workflow.name} · API`, docsPage(facts));
  }
}
