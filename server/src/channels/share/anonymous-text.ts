import { errorCodes, HeddleError, isErrorCode } from '@heddle/core';

/**
 * Errors whose message an anonymous user may read. Other messages can mention models, files, reasons and machines, so only the title of the
 * error is shown.
 */
const meantForAll =
  /^(?:input_\w+|moderation_blocked|too_many_requests|upload_budget_spent|not_found|unauthorized|run_cancelled|run_not_found|file_not_found|bad_request|bad_json|body_too_complex|payload_too_large|idempotency_conflict)$/;

/** What the user can do if only the title of an error is shown. */
const nextStep = 'Try again, or ask the person who gave you this page.';

/** An error as an anonymous user sees it: messages with internals are replaced by the title of their code. */
export function messageForAnonymous({ code, message }: { readonly code: string; readonly message: string }): {
  code: string;
  message: string;
} {
  if (meantForAll.test(code)) return { code, message };
  return { code, message: `${isErrorCode(code) ? errorCodes[code].title : 'Something went wrong'}. ${nextStep}` };
}

/** Does work for an anonymous user, and hides the internals in the message of an error that it throws. */
export async function forAnonymousUsers<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof HeddleError) || meantForAll.test(thrown.code)) throw thrown;
    throw new HeddleError(thrown.code, messageForAnonymous(thrown).message, { cause: thrown });
  }
}
