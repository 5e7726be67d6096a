import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { RunHub } from './run-hub.js';
import { TopicHub } from './topic-hub.js';

/** The hubs that distribute events of runs and changes of lists to watchers. */
@Module({
  providers: [fromHeddle(RunHub, (heddle) => heddle.hub), fromHeddle(TopicHub, (heddle) => heddle.topics)],
  exports: [RunHub, TopicHub],
})
export class LiveModule {}
