import {
  AcceptProposalRequest,
  DecidedProposal,
  ProposalReply,
  ProposalsReply,
  RejectProposalRequest,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import { View, type ProjectView } from '../../auth/rights/project-view.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { ProposalService } from './proposal.service.js';

const ListQuery = z.strictObject({
  workflow: z.string().max(128).optional(),
  /** Only proposals that wait for a decision. */
  open: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});

/** The proposals of programs and models, for the person who decides. */
@Controller('api/proposals')
export class ProposalsController {
  constructor(private readonly proposals: ProposalService) {}

  @Get()
  @Access('workflow:read', { kind: 'workflow' })
  @Reply(ProposalsReply)
  async list(
    @Query({ schema: ListQuery }) { workflow, open }: z.infer<typeof ListQuery>,
    @Caller() caller: Principal,
    @View() { project }: ProjectView,
  ): Promise<ProposalsReply> {
    return { proposals: await this.proposals.list(caller, project, { workflow, isOpen: open }) };
  }

  @Get(':id')
  @Access('workflow:read', { kind: 'proposal', param: 'id' })
  @Reply(ProposalReply)
  read(@Param('id') id: string, @Caller() caller: Principal): Promise<ProposalReply> {
    return this.proposals.read(caller, id);
  }

  /** Accepts the difference and the data map that a person has read: saves the draft, or publishes its next version. */
  @Post(':id/accept')
  @Access(['workflow:publish', 'workflow:write'], { kind: 'proposal', param: 'id' })
  @Reply(DecidedProposal)
  accept(
    @Param('id') id: string,
    @Body({ schema: AcceptProposalRequest }) body: AcceptProposalRequest,
    @Caller() caller: Principal,
  ): Promise<DecidedProposal> {
    return this.proposals.accept(caller, id, body);
  }

  @Post(':id/reject')
  @Access(['workflow:publish', 'workflow:write'], { kind: 'proposal', param: 'id' })
  @Reply(DecidedProposal)
  reject(
    @Param('id') id: string,
    @Body({ schema: RejectProposalRequest }) { reason }: z.infer<typeof RejectProposalRequest>,
    @Caller() caller: Principal,
  ): Promise<DecidedProposal> {
    return this.proposals.reject(caller, id, reason);
  }
}
