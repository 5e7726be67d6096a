import { All, Body, Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerRights } from '../../auth/rights/caller-rights.js';
import { Ownership } from '../../auth/rights/ownership.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import { requestCredentials } from '../../auth/request-credentials.js';
import { Access, FindsCaller } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { DescribedReply } from '../../http/reply.js';
import { RunHub } from '../../live/run-hub.js';
import { RunService } from '../../runs/run.service.js';
import type { Settings } from '../../settings/settings-table.js';
import { SETTINGS } from '../../settings/settings-token.js';
import { ChannelCallers } from '../channel-callers.js';
import { Library } from './library/library.js';
import { McpEndpoint } from './mcp-endpoint.js';
import type { McpSources } from './mcp-sources.js';
import { PUBLISHED, type Published } from '../published.js';

/**
 * Published workflows as tools of the Model Context Protocol, over streamable HTTP. With revision 2026-07-28 each request is independent; a
 * client of an earlier revision opens a session.
 */
@Controller('mcp')
export class McpController {
  private readonly endpoint: McpEndpoint;

  constructor(
    @Inject(PUBLISHED) private readonly published: Published,
    private readonly callers: ChannelCallers,
    private readonly rights: CallerRights,
    private readonly runs: RunService,
    private readonly hub: RunHub,
    private readonly ownership: Ownership,
    private readonly clock: TrustedClock,
    private readonly library: Library,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    // The protocol library is loaded at first use.
    this.endpoint = new McpEndpoint(
      async (web, caller) => (await import('./mcp-server.js')).createMcpServer(this.sources(web), caller),
      rights,
      clock,
    );
  }

  @All()
  @TakesValues('inputs')
  @Access('public')
  @FindsCaller()
  @DescribedReply(undefined, 200)
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: unknown): Promise<void> {
    const principal = await this.callers.callerOf(request);
    await this.endpoint.handle(request, reply, body, { principal, credentials: requestCredentials(request) });
  }

  private sources(web: Request): McpSources {
    const { published, callers, rights, runs, hub, ownership, clock, library } = this;
    const publicUrl = this.settings.publicUrl ?? new URL(web.url).origin;
    return { published, callers, rights, runs, hub, ownership, clock, library, publicUrl };
  }
}
