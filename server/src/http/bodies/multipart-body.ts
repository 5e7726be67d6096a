import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';

/** Declares a body of files for the OpenAPI document: the route reads it part by part. */
export const MultipartBody = (description: string): MethodDecorator =>
  applyDecorators(ApiConsumes('multipart/form-data'), ApiBody({ description, schema: { type: 'object' } }));
