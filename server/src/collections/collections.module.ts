import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { FilesModule } from '../files/files.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { IndexGateService } from '../lab/index-gate.service.js';
import { CollectionService } from './collection.service.js';
import { CollectionsController } from './collections.controller.js';
import { GraphController } from './graph/graph.controller.js';
import { GraphService } from './graph/graph.service.js';
import { PageImages } from './page-images.js';
import { PageImagesController } from './page-images.controller.js';
import { IndexGateController, ReindexController } from './reindex.controller.js';
import { ReindexService } from './reindex.service.js';

/** Collections of documents and their import. */
@Module({
  imports: [AuthorityModule, FilesModule],
  controllers: [CollectionsController, PageImagesController, ReindexController, IndexGateController, GraphController],
  providers: [
    fromHeddle(CollectionService, (heddle) => heddle.collections),
    fromHeddle(GraphService, (heddle) => heddle.collections.graph),
    fromHeddle(IndexGateService, (heddle) => heddle.indexGates),
    fromHeddle(PageImages, (heddle) => heddle.pageImages),
    fromHeddle(ReindexService, (heddle) => heddle.collections.reindex),
  ],
})
export class CollectionsModule {}
