import { HeddleError, isPlainObject, type CallScope } from '@heddle/core';

/** The most questions of one execution; after that, a refusal is final. */
const mostRequests = 100;

/** How many questions each execution has asked. When it runs again, answered questions return at once under the same keys. */
const asked = new WeakMap<CallScope, number>();

/**
 * Makes a reservation. If a budget with the policy *ask* refuses it, a person is asked, and what they grant is added to the budget in the
 * commit of their answer. Errors: `budget_exceeded` if they decline, or if nobody can be asked.
 */
export async function requestBudget<T>(scope: CallScope, reserve: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await reserve();
    } catch (cause) {
      const count = (asked.get(scope) ?? 0) + 1;
      if (!isAsking(cause) || scope.requestInput === undefined || count > mostRequests) throw cause;
      asked.set(scope, count);
      await approve(scope, `budget-${count}`, cause);
    }
  }
}

async function approve(scope: CallScope, key: string, refusal: HeddleError): Promise<void> {
  const { message, details } = refusal;
  const answer = await scope.requestInput?.(key, {
    title: 'May this call go beyond its budget?',
    body: `${message}\n\nApproving adds what is missing to the budget, for this period.`,
    schema: {
      type: 'object',
      properties: { approve: { type: 'boolean', title: 'Approve' } },
      required: ['approve'],
    },
    details: { ...details, kind: 'budget' },
  });
  const isApproved = answer?.type === 'answered' && isPlainObject(answer.value) && answer.value['approve'] === true;
  if (isApproved) return;
  scope.record({
    type: 'node-decision',
    kind: 'budget',
    summary: 'The call stays within its budget.',
    details: {
      ...details,
      isApproved,
      ...(answer?.type === 'answered' && answer.by !== undefined ? { by: answer.by } : {}),
    },
  });
  throw refusal;
}

const isAsking = (cause: unknown): cause is HeddleError =>
  cause instanceof HeddleError && cause.code === 'budget_exceeded' && cause.details?.['onLimit'] === 'ask';
