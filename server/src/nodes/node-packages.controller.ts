import { InstallNodePackageRequest, NodePackage, NodePackagesReply, type AuditActor } from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { Actor } from '../auth/caller.js';
import { NodePackages } from './node-packages.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** Packages of custom nodes. Only owners install them, because their code runs on this machine, in separate processes. */
@Controller('api/node-packages')
export class NodePackagesController {
  constructor(private readonly packages: NodePackages) {}

  @Get()
  @Access('node:install')
  @Reply(NodePackagesReply)
  list(): Promise<NodePackagesReply> {
    return this.packages.list();
  }

  /** Installs exactly one version, if its archive has the given hash. */
  @Post()
  @Access('node:install')
  @Reply(NodePackage, 201)
  install(
    @Body({ schema: InstallNodePackageRequest }) request: InstallNodePackageRequest,
    @Actor() by: AuditActor,
  ): Promise<NodePackage> {
    return this.packages.install(request, by);
  }

  @Delete(':name')
  @Access('node:install')
  @Reply(undefined, 204)
  remove(@Param('name') name: string, @Actor() by: AuditActor): Promise<void> {
    return this.packages.remove(name, by);
  }
}
