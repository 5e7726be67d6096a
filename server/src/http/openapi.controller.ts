import { HeddleError } from '@heddle/core';
import { Controller, Get, Injectable, type INestApplication } from '@nestjs/common';
import { Access } from './access.js';
import { Reply } from './reply.js';

/** Makes the OpenAPI document when it is first asked for; it needs the whole application, which exists only after the module. */
@Injectable()
export class OpenApiSource {
  private app: INestApplication | undefined;
  private document: Promise<object> | undefined;

  /** Names the application that the document describes. */
  describe(app: INestApplication): void {
    this.app = app;
  }

  read(): Promise<object> {
    const { app } = this;
    if (app === undefined)
      throw new HeddleError(
        'not_found',
        'This application has no OpenAPI document: call OpenApiSource.describe(app) after it was made.',
      );
    this.document ??= import('./openapi-document.js').then(({ openApiDocument }) => openApiDocument(app));
    return this.document;
  }
}

@Controller('api')
export class OpenApiController {
  constructor(private readonly source: OpenApiSource) {}

  @Get('openapi.json')
  @Access('public')
  @Reply(undefined)
  document(): Promise<object> {
    return this.source.read();
  }
}
