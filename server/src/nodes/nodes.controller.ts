import { CompileReply, CompileRequest, describeNode, NodeDescription, type NodeDefinition } from '@heddle/core';
import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import { View, type ProjectView } from '../auth/project-view.js';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access, anywhere } from '../http/access.js';
import { TakesValues } from '../http/body-bounds.js';
import { Reply } from '../http/reply.js';

const NodesReply = z
  .object({
    nodes: z.array(NodeDescription),
    /** Packages of custom nodes that changed and cannot be loaded: what ran before goes on. Owners see why (`GET /api/node-packages`). */
    outdated: z.array(z.string()),
  })
  .meta({ id: 'NodesReply' });

@Controller('api')
export class NodesController {
  /** Made once for each list: the catalog gives another one when a type changes. */
  private described: { readonly list: readonly NodeDefinition[]; readonly nodes: NodeDescription[] } | undefined;

  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get('nodes')
  @Access('workflow:read', anywhere)
  @Reply(NodesReply)
  async list(): Promise<z.infer<typeof NodesReply>> {
    const list = this.heddle.catalog.list();
    if (this.described?.list !== list) this.described = { list, nodes: list.map(describeNode) };
    const packages = await this.heddle.nodePackages.packages();
    return {
      nodes: this.described.nodes,
      outdated: packages.filter(({ state }) => state !== 'ready').map(({ name }) => name),
    };
  }

  @Post('compile')
  @TakesValues('large')
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
