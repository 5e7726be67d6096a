import { HeddleError } from '@heddle/core';
import { Controller, Get, Injectable, type INestApplication, type Type } from '@nestjs/common';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** Creates the OpenAPI document at its first request, because it needs the whole application, which does not exist earlier. */
@Injectable()
export class OpenApiSource {
  private subject: { readonly app: INestApplication; readonly controllers: readonly Type[] } | undefined;
  private document: Promise<object> | undefined;

  /** Sets the application and the controllers that the document describes. */
  describe(app: INestApplication, controllers: readonly Type[]): void {
    this.subject = { app, controllers };
  }

  read(): Promise<object> {
    const { subject } = this;
    if (subject === undefined)
      throw new HeddleError(
        'not_found',
        'This application has no OpenAPI document: call OpenApiSource.describe(app, controllers) once it is created.',
      );
    this.document ??= import('./openapi-document.js').then(({ openApiDocument }) =>
      openApiDocument(subject.app, subject.controllers),
    );
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
