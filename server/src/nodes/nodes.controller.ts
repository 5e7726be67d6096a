import { CompileReply, CompileRequest, describeNode, NodeDescription } from '@heddle/core';
import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import { View, type ProjectView } from '../auth/project-view.js';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';

const NodesReply = z.object({ nodes: z.array(NodeDescription) }).meta({ id: 'NodesReply' });

@Controller('api')
export class NodesController {
  private described: NodeDescription[] | undefined;

  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get('nodes')
  @Access('workflow:read', anywhere)
  @Reply(NodesReply)
  list(): z.infer<typeof NodesReply> {
    this.described ??= this.heddle.catalog.list().map(describeNode);
    return { nodes: this.described };
  }

  @Post('compile')
  @HttpCode(200)
  @Access('workflow:read', anywhere)
  @Reply(CompileReply)
  compile(
    @Body({ schema: CompileRequest }) { document, workflow }: z.infer<typeof CompileRequest>,
    @View() { project }: ProjectView,
  ): Promise<CompileReply> {
    return this.heddle.compile.report(document, { project, workflow });
  }
}
