import {
  CompileReply,
  CompileRequest,
  describeNode,
  NodeDescription,
  type NodeDefinition,
  type NodeCatalog,
} from '@heddle/core';
import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { CompileService } from '../compile/compile-service.js';
import { NODE_CATALOG } from './node-catalog-token.js';
import { NodePackages } from './node-packages.js';
import { Access, anywhere } from '../http/access.js';
import { TakesValues } from '../http/bodies/body-bounds.js';
import { Reply } from '../http/reply.js';

const NodesReply = z
  .object({
    nodes: z.array(NodeDescription),
    /**
     * Packages of custom nodes that changed but failed to load; the previous version stays in use. Owners see the reason (`GET
     * /api/node-packages`).
     */
    outdated: z.array(z.string()),
  })
  .meta({ id: 'NodesReply' });

@Controller('api')
export class NodesController {
  /** The descriptions of the current list. The catalog creates a new list when a type changes. */
  private described: { readonly list: readonly NodeDefinition[]; readonly nodes: NodeDescription[] } | undefined;

  constructor(
    @Inject(NODE_CATALOG) private readonly catalog: NodeCatalog,
    private readonly packages: NodePackages,
    private readonly compiler: CompileService,
  ) {}

  @Get('nodes')
  @Access('workflow:read', anywhere)
  @Reply(NodesReply)
  async list(): Promise<z.infer<typeof NodesReply>> {
    const list = this.catalog.list();
    if (this.described?.list !== list) this.described = { list, nodes: list.map(describeNode) };
    const packages = await this.packages.packages();
    return {
      nodes: this.described.nodes,
      outdated: packages.filter(({ state }) => state !== 'ready').map(({ name }) => name),
    };
  }

  @Post('compile')
  @TakesValues('large')
  @Access('workflow:read', anywhere)
  @Reply(CompileReply)
  compile(
    @Body({ schema: CompileRequest }) { document, workflow }: z.infer<typeof CompileRequest>,
    @View() { project }: ProjectView,
  ): Promise<CompileReply> {
    return this.compiler.report(document, { project, workflow });
  }
}
