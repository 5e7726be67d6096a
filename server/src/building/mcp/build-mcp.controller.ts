import { authorise, HeddleError } from '@heddle/core';
import { All, Body, Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerRights } from '../../auth/rights/caller-rights.js';
import { checkAccess } from '../../auth/rights/check-access.js';
import { homeProjectOf } from '../../auth/rights/project-view.js';
import { requestCredentials } from '../../auth/request-credentials.js';
import { ChannelCallers } from '../../channels/channel-callers.js';
import { McpEndpoint } from '../../channels/mcp/mcp-endpoint.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import { Access, FindsCaller } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { DescribedReply } from '../../http/reply.js';
import { BuildService } from '../build.service.js';
import { ProposalService } from '../proposals/proposal.service.js';

/**
 * The building tools over the Model Context Protocol. A program has a key or a token of its own, so that it is never taken for a person.
 */
@Controller('mcp/build')
export class BuildMcpController {
  private readonly endpoint: McpEndpoint;

  constructor(
    private readonly callers: ChannelCallers,
    build: BuildService,
    proposals: ProposalService,
    rights: CallerRights,
    private readonly clock: TrustedClock,
  ) {
    // The protocol library is loaded at first use.
    this.endpoint = new McpEndpoint(
      async (_web, caller) =>
        (await import('./build-mcp-server.js')).createBuildMcpServer({ build, proposals }, caller),
      rights,
      clock,
    );
  }

  @All()
  @TakesValues('large')
  @Access('public')
  @FindsCaller()
  @DescribedReply(undefined, 200)
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: unknown): Promise<void> {
    const principal = await this.callers.callerOf(request);
    if (principal.scopes === undefined)
      throw new HeddleError(
        'unauthorized',
        'A program builds with a key of its own, also on this machine: make one with the right workflow:build, or sign in with OAuth.',
      );
    const project = homeProjectOf(principal);
    const any = { kind: 'project', id: project, project } as const;
    // A key for certain workflows may build only those; each tool checks its workflow.
    if (
      principal.scopes.workflows === undefined ||
      authorise(principal, 'workflow:build', any, this.clock.now()) !== 'hidden'
    )
      checkAccess(principal, 'workflow:build', any, this.clock);
    await this.endpoint.handle(request, reply, body, { principal, credentials: requestCredentials(request) });
  }
}
