import { ClusterReply, type AuditActor } from '@heddle/core';
import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Actor } from '../auth/caller.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { ClusterService } from './cluster.service.js';

/** The processes on the database. They have runs of all projects, so this API has rights of its own. */
@Controller('api/cluster')
export class ClusterController {
  constructor(private readonly cluster: ClusterService) {}

  @Get()
  @Access('metrics:read')
  @Reply(ClusterReply)
  read(): Promise<ClusterReply> {
    return this.cluster.read();
  }

  /** Makes a process take no more runs, and hand its runs over to others. */
  @Post('processes/:id/drain')
  @HttpCode(200)
  @Access('process:drain')
  @Reply(ClusterReply)
  drain(@Param('id') id: string, @Actor() by: AuditActor): Promise<ClusterReply> {
    return this.cluster.drain(id, by);
  }

  /** Makes a draining process take runs again. */
  @Delete('processes/:id/drain')
  @Access('process:drain')
  @Reply(ClusterReply)
  undrain(@Param('id') id: string, @Actor() by: AuditActor): Promise<ClusterReply> {
    return this.cluster.undrain(id, by);
  }
}
