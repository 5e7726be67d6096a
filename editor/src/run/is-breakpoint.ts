import type { HumanInputQuestion } from './answer-fields.js';

/** Whether a request is the engine's own at a breakpoint, which any answer ends. */
export function isBreakpoint({ title, schema }: Pick<HumanInputQuestion, 'title' | 'schema'>): boolean {
  return Object.keys(schema).length === 0 && title.startsWith('Paused before ');
}
