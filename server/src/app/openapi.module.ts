import { Module } from '@nestjs/common';
import { OpenApiController, OpenApiSource } from './openapi.controller.js';

/** The OpenAPI document. */
@Module({
  controllers: [OpenApiController],
  providers: [OpenApiSource],
  exports: [OpenApiSource],
})
export class OpenApiModule {}
