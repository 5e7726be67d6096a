import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { BLOBS, UPLOAD_FOLDER } from './file-tokens.js';
import { FilesController } from './files.controller.js';

/** Stored files and uploads. */
@Module({
  controllers: [FilesController],
  providers: [
    fromHeddle(BLOBS, (heddle) => heddle.parts.blobs),
    fromHeddle(UPLOAD_FOLDER, (heddle) => heddle.parts.temporaryFolder),
  ],
  exports: [BLOBS, UPLOAD_FOLDER],
})
export class FilesModule {}
