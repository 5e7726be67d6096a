import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import type { Heddle } from './heddle.js';
import { HEDDLE } from './token.js';

/**
 * Provides a part of the Heddle of the module, so that a class asks for this part and not for the whole Heddle.
 *
 * @example providers: [fromHeddle(RunService, (heddle) => heddle.runs)]
 */
export function fromHeddle<Part>(token: InjectionToken<Part>, read: (heddle: Heddle) => Part): FactoryProvider<Part> {
  return { provide: token, inject: [HEDDLE], useFactory: read };
}
