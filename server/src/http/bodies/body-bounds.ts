import { mostValues } from '@heddle/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/**
 * Declares that a route accepts more values in a JSON body than usual. Such a route must process them in steps.
 *
 * @example @Post() @TakesValues('large') create(@Body({ schema: SaveWorkflowRequest }) body: SaveWorkflowRequest) { … }
 */
export const TakesValues = (kind: Exclude<keyof typeof mostValues, 'usual'>): MethodDecorator =>
  RouteConfig({ mostValues: mostValues[kind] });

/** How many values the JSON body of a request may contain. */
export function mostValuesOf({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): number {
  const declared: unknown = Reflect.get(routeOptions.config ?? {}, 'mostValues');
  return typeof declared === 'number' ? declared : mostValues.usual;
}
