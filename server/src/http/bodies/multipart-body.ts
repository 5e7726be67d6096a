import { withoutUndefined } from '@heddle/core';
import { z } from 'zod';
import { DescribedBody } from '../openapi/described-body.js';

/** The bytes of a file, as a part of a multipart body. */
export const FileBytes = z.string().meta({ format: 'binary' });

/** Declares a multipart body for the OpenAPI document, and a JSON body if the route also accepts that. The route reads the body itself. */
export const MultipartBody = (
  description: string,
  parts: Readonly<Record<string, z.ZodType>>,
  json?: z.ZodType,
): MethodDecorator =>
  DescribedBody({
    description,
    content: withoutUndefined({ 'multipart/form-data': z.looseObject(parts), 'application/json': json }),
  });
