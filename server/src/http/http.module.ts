import { Module } from '@nestjs/common';
import { OpenApiController, OpenApiSource } from './openapi.controller.js';
import { ReplySignals } from './reply-signals.js';

/** The OpenAPI document, and the signals that end long replies. */
@Module({
  controllers: [OpenApiController],
  providers: [OpenApiSource, ReplySignals],
  exports: [OpenApiSource, ReplySignals],
})
export class HttpModule {}
