import { errorCodes, HeddleError, isErrorCode } from '@heddle/core';

/** Errors whose message is meant for the user. Others mention models, files, reasons and machines, and show only their name. */
const meantForAll =
  /^(?:input_\w+|moderation_blocked|too_many_requests|upload_budget_spent|not_found|unauthorized|run_cancelled|run_not_found|file_not_found|bad_request|bad_json|body_too_complex|payload_too_large|idempotency_conflict)$/;

/** What the user can do, for errors whose name does not say it. */
const nextStep = 'Try again, or ask whoever gave you this page.';

/** An error as an anonymous user sees it. */
export function messageForAnonymous({ code, message }: { readonly code: string; readonly message: string }): {
  code: string;
  message: string;
} {
  if (meantForAll.test(code)) return { code, message };
  return { code, message: `${isErrorCode(code) ? errorCodes[code].title : 'Something went wrong'}. ${nextStep}` };
}

/** Runs work for an anonymous user: an error says no more than they may see. */
export async function forAnonymousUsers<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof HeddleError) || meantForAll.test(thrown.code)) throw thrown;
    throw new HeddleError(thrown.code, messageForAnonymous(thrown).message, { cause: thrown });
  }
}
