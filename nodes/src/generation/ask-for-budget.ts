import { type HeddleError, isPlainObject, toHeddleError, type Delta, type NodeContext } from '@heddle/core';

/** Asks a person each time a budget that wants it refuses; more often than this, the refusal stands. */
const mostAsks = 5;

/**
 * Makes a call; where a budget refuses it and says *ask*, a person is asked, and what they grant is added to the budget by the host,
 * in the commit of their answer. Nothing was given out then: budgets refuse before a call. Errors: `budget_exceeded` where they say no.
 */
export async function* askForBudget<T>(
  context: NodeContext,
  make: () => AsyncGenerator<Delta, T, void>,
): AsyncGenerator<Delta, T, void> {
  for (let round = 1; ; round += 1) {
    try {
      return yield* make();
    } catch (cause) {
      const details = refusalOf(cause);
      if (details === undefined || round > mostAsks) throw cause;
      await approve(context, `budget-${round}`, toHeddleError(cause), details);
    }
  }
}

async function approve(
  context: NodeContext,
  key: string,
  error: HeddleError,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const answer = await context.ask(key, {
    title: 'May this call go beyond its budget?',
    body: `${error.message}\n\nApproving adds what is missing to the budget, for this period.`,
    schema: {
      type: 'object',
      properties: { approve: { type: 'boolean', title: 'Approve' } },
      required: ['approve'],
    },
    details: { ...details, kind: 'budget' },
  });
  const isApproved = answer.type === 'answered' && isPlainObject(answer.value) && answer.value['approve'] === true;
  const by = answer.type === 'answered' ? answer.by : undefined;
  context.decide({
    kind: 'budget',
    summary: isApproved
      ? `${by ?? 'A person'} let the call go beyond its budget.`
      : 'The call stays within its budget.',
    details: { ...details, isApproved, ...(by === undefined ? {} : { by }) },
  });
  if (!isApproved) throw error;
}

function refusalOf(cause: unknown): Readonly<Record<string, unknown>> | undefined {
  const error = toHeddleError(cause);
  if (error.code !== 'budget_exceeded' || !isPlainObject(error.details)) return undefined;
  return error.details['onLimit'] === 'ask' ? error.details : undefined;
}
