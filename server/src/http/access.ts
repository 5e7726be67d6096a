import type { Permission, ResourceName } from '@heddle/core';
import { SetMetadata } from '@nestjs/common';

/**
 * What a caller must be allowed to do; `public` needs nobody to be known, `signed-in` somebody, whatever they may do. Of a list one
 * right is enough.
 */
export type AccessRule = 'public' | 'signed-in' | Permission | readonly [Permission, Permission];

/**
 * What is acted on, so that things of other projects stay hidden: the thing that a route parameter names, or without one the things of
 * this kind in the project of the request. `anywhere` is for what belongs to the installation and everybody needs who works in any
 * project, such as the list of nodes. Without a target a route is about the whole installation.
 */
export type AccessTarget =
  { readonly kind: ResourceName['kind']; readonly param?: string } | { readonly kind: 'anywhere' };

export const accessKey = 'heddle:access';
export const accessTargetKey = 'heddle:access-target';

/** What belongs to the installation and everybody needs who works in any project. */
export const anywhere = { kind: 'anywhere' } as const satisfies AccessTarget;

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
