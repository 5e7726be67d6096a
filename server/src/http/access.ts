import type { Permission, ResourceName } from '@heddle/core';
import { SetMetadata } from '@nestjs/common';

/** What a caller must be allowed to do; `public` needs nobody to be known, `signed-in` somebody, whatever they may do. */
export type AccessRule = 'public' | 'signed-in' | Permission;

/** The route parameter that names what is acted on, so that things of other projects stay hidden. */
export interface AccessTarget {
  readonly kind: ResourceName['kind'];
  readonly param: string;
}

export const accessKey = 'heddle:access';
export const accessTargetKey = 'heddle:access-target';

/**
 * Declares what a route needs, and of what. A route without a declaration is refused and fails the route test.
 *
 * @example @Get(':id') @Access('run:read', { kind: 'run', param: 'id' }) get(@Param('id') id: string) { … }
 */
export const Access =
  (rule: AccessRule, target?: AccessTarget): MethodDecorator =>
  (prototype, name, descriptor) => {
    SetMetadata(accessKey, rule)(prototype, name, descriptor);
    if (target !== undefined) SetMetadata(accessTargetKey, target)(prototype, name, descriptor);
  };
