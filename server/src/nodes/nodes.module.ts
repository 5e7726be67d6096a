import { Module } from '@nestjs/common';
import { CompileModule } from '../compile/compile.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { NODE_CATALOG } from './node-catalog-token.js';
import { NodePackagesController } from './node-packages.controller.js';
import { NodePackages } from './node-packages.js';
import { NodesController } from './nodes.controller.js';

/** Node types, and packages of custom nodes. */
@Module({
  imports: [CompileModule],
  controllers: [NodesController, NodePackagesController],
  providers: [
    fromHeddle(NODE_CATALOG, (heddle) => heddle.catalog),
    fromHeddle(NodePackages, (heddle) => heddle.nodePackages),
  ],
})
export class NodesModule {}
