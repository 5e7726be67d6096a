import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { STORAGE } from './storage.js';

/** The storage of the data folder. */
@Module({
  providers: [fromHeddle(STORAGE, (heddle) => heddle.parts.storage)],
  exports: [STORAGE],
})
export class StorageModule {}
