import { withoutUndefined } from '@heddle/core';
import { z } from 'zod';
import { DescribedBody } from '../openapi/described-body.js';

/** A file as a part of a body: its bytes. */
export const FileBytes = z.string().meta({ format: 'binary' });

/** Declares a body of parts for the OpenAPI document, and of JSON where the route takes that too: the route reads it itself, and no other part. */
export const MultipartBody = (
  description: string,
  parts: Readonly<Record<string, z.ZodType>>,
  json?: z.ZodType,
): MethodDecorator =>
  DescribedBody({
    description,
    content: withoutUndefined({ 'multipart/form-data': z.looseObject(parts), 'application/json': json }),
  });
