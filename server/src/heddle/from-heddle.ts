import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import type { Heddle } from './heddle.js';
import { HEDDLE } from './token.js';

/**
 * Provides a part of the Heddle that the module was given, so that classes ask for this part and not for all of Heddle.
 *
 * @example providers: [fromHeddle(RunService, (heddle) => heddle.runs)]
 */
export function fromHeddle<Part>(token: InjectionToken<Part>, read: (heddle: Heddle) => Part): FactoryProvider<Part> {
  return { provide: token, inject: [HEDDLE], useFactory: read };
}
