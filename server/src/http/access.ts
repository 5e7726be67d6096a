import { SetMetadata } from '@nestjs/common';

/** What a caller must be allowed to do. */
export type AccessRule =
  | 'public'
  | 'workflow:read'
  | 'workflow:write'
  | 'run:read'
  | 'run:start'
  | 'run:control'
  | 'ask:answer'
  | 'file:write'
  | 'file:read'
  | 'collection:read'
  | 'collection:write'
  | 'model:read'
  | 'model:write'
  | 'settings:read';

export const accessKey = 'heddle:access';

/**
 * Declares what a route needs. A route without a declaration is refused and fails the route test.
 *
 * @example @Get() @Access('run:read') list() { … }
 */
export const Access = (rule: AccessRule): MethodDecorator => SetMetadata(accessKey, rule);
