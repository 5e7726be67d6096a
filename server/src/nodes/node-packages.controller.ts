import { InstallNodePackageRequest, NodePackage, NodePackagesReply } from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { NodePackages } from './node-packages.js';
import { Access } from '../http/access.js';
import { Acts } from '../http/acts.js';
import { Reply } from '../http/reply.js';

/** Packages of custom nodes. Owners alone install them: what they bring runs on this machine, in processes of its own. */
@Controller('api/node-packages')
export class NodePackagesController {
  constructor(private readonly packages: NodePackages) {}

  @Get()
  @Access('node:install')
  @Reply(NodePackagesReply)
  list(): Promise<NodePackagesReply> {
    return this.packages.list();
  }

  /** Installs one version, where its archive has the hash that is named. */
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
  @HttpCode(204)
  @Access('node:install')
  @Acts({ act: 'setting', step: 'node package removed', subject: 'node-package:{params.name}' })
  @Reply(undefined, 204)
  remove(@Param('name') name: string): Promise<void> {
    return this.packages.remove(name);
  }
}
