import type { Permission, ResourceName } from '@heddle/core';
import { SetMetadata } from '@nestjs/common';

/** The right that a caller needs: `public` needs no identity, `signed-in` any identity. Of a pair, one right is enough. */
type AccessRule = 'public' | 'signed-in' | Permission | readonly [Permission, Permission];

/**
 * What a route works on, so that things of other projects stay hidden. That is the thing that a route parameter names, or all things of a
 * kind in the project of the request. `anywhere` stands for things of the installation that everybody needs, such as the list of nodes. A
 * route without a target concerns the whole installation.
 */
export type AccessTarget =
  { readonly kind: ResourceName['kind']; readonly param?: string } | { readonly kind: 'anywhere' };

export const accessKey = 'heddle:access';
export const accessTargetKey = 'heddle:access-target';

/** For things of the installation that everybody needs. */
export const anywhere = { kind: 'anywhere' } as const satisfies AccessTarget;

/**
 * Declares the right that a route needs, and its resource. A route without a declaration is refused and fails the route test.
 *
 * @example @Get(':id') @Access('run:read', { kind: 'run', param: 'id' }) get(@Param('id') id: string) { … }
 */
export const Access =
  (rule: AccessRule, target?: AccessTarget): MethodDecorator =>
  (prototype, name, descriptor) => {
    SetMetadata(accessKey, rule)(prototype, name, descriptor);
    if (target !== undefined) SetMetadata(accessTargetKey, target)(prototype, name, descriptor);
  };

export const ownCallerKey = 'heddle:own-caller';

/**
 * Declares that a `public` route identifies its caller itself, because its body names the resource. The OpenAPI document then lists the key
 * as required.
 *
 * @example @Post('embeddings') @Access('public') @FindsCaller() embeddings(…) { … }
 */
export const FindsCaller = (): MethodDecorator => SetMetadata(ownCallerKey, true);
