import { ClusterReply, type AuditActor } from '@heddle/core';
import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Actor } from '../auth/caller.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { ClusterService } from './cluster.service.js';

/** The processes on the database. They have runs of all projects, so they need rights of their own. */
@Controller('api/cluster')
export class ClusterController {
  constructor(private readonly cluster: ClusterService) {}

  @Get()
  @Access('metrics:read')
  @Reply(ClusterReply)
  read(): Promise<ClusterReply> {
    return this.cluster.read();
  }

  /** The process takes no more runs, and gives those that it has to others. */
  @Post('processes/:id/drain')
  @HttpCode(200)
  @Access('process:drain')
  @Reply(ClusterReply)
  drain(@Param('id') id: string, @Actor() by: AuditActor): Promise<ClusterReply> {
    return this.cluster.drain(id, by);
  }

  /** The process takes runs again. */
  @Delete('processes/:id/drain')
  @Access('process:drain')
  @Reply(ClusterReply)
  undrain(@Param('id') id: string, @Actor() by: AuditActor): Promise<ClusterReply> {
    return this.cluster.undrain(id, by);
  }
}
