import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { FilesModule } from '../files/files.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { CollectionService } from './collection.service.js';
import { CollectionsController } from './collections.controller.js';

/** Collections of documents and their import. */
@Module({
  imports: [AuthorityModule, FilesModule],
  controllers: [CollectionsController],
  providers: [fromHeddle(CollectionService, (heddle) => heddle.collections)],
})
export class CollectionsModule {}
