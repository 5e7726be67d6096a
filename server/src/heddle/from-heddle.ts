import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import type { Heddle } from './heddle.js';
import { HEDDLE } from './token.js';

/**
 * A Nest provider for one part of the module's Heddle, so that a class can inject this part instead of the whole Heddle.
 *
 * @example providers: [fromHeddle(RunService, (heddle) => heddle.runs)]
 */
export function fromHeddle<Part>(token: InjectionToken<Part>, read: (heddle: Heddle) => Part): FactoryProvider<Part> {
  return { provide: token, inject: [HEDDLE], useFactory: read };
}
