import { InstallNodePackageRequest, NodePackage, NodePackagesReply } from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { NodePackages } from './node-packages.js';
import { Access } from '../http/access.js';
import { Acts } from '../http/acts.js';
import { Reply } from '../http/reply.js';

/** Packages of custom nodes. Only owners install them: their code runs on this machine, in processes of its own. */
@Controller('api/node-packages')
export class NodePackagesController {
  constructor(private readonly packages: NodePackages) {}

  @Get()
  @Access('node:install')
  @Reply(NodePackagesReply)
  list(): Promise<NodePackagesReply> {
    return this.packages.list();
  }

  /** Installs one version, if its archive has the given hash. */
  @Post()
  @Access('node:install')
  @Acts({
    act: 'setting',
    step: 'node package installed',
    subject: 'node-package:{body.name}',
    details: { version: 'body.version', integrity: 'body.integrity' },
  })
  @Reply(NodePackage, 201)
  install(@Body({ schema: InstallNodePackageRequest }) request: InstallNodePackageRequest): Promise<NodePackage> {
    return this.packages.install(request);
  }

  @Delete(':name')
  @Access('node:install')
  @Acts({ act: 'setting', step: 'node package removed', subject: 'node-package:{params.name}' })
  @Reply(undefined, 204)
  remove(@Param('name') name: string): Promise<void> {
    return this.packages.remove(name);
  }
}
