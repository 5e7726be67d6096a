import { HeddleError, isPlainObject, parseExpression, parseTemplate } from '@heddle/core';

export interface TextProblem {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/** The first error of a template, at the braces that contain it; undefined if there is none. */
export function templateProblem(template: string): TextProblem | undefined {
  const fault = faultOf(() => parseTemplate(template));
  if (fault === undefined) return undefined;
  const close = template.indexOf('}}', fault.position);
  const lineEnd = template.indexOf('\n', fault.position);
  const ends = [close === -1 ? Infinity : close + 2, lineEnd === -1 ? Infinity : lineEnd, template.length];
  return { from: fault.position, to: Math.max(fault.position + 1, Math.min(...ends)), message: fault.message };
}

/** The error of an expression, at the character where it is; undefined if there is none. */
export function expressionProblem(expression: string): TextProblem | undefined {
  const fault = faultOf(() => parseExpression(expression));
  if (fault === undefined) return undefined;
  const from = Math.min(fault.position, Math.max(0, expression.length - 1));
  return { from, to: Math.min(expression.length, from + 1), message: fault.message };
}

function faultOf(read: () => unknown): { readonly position: number; readonly message: string } | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    const details: unknown = error instanceof HeddleError ? error.details : undefined;
    const position = isPlainObject(details) && typeof details['position'] === 'number' ? details['position'] : 0;
    return { position, message: error instanceof Error ? error.message : String(error) };
  }
}
